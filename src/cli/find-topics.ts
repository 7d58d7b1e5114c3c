import { DynoError } from "../lib/errors.ts";
import { findNearMiss } from "../lib/near-miss.ts";
import type { Topic } from "./topics.ts";

/**
 * By full name, or by the last part of a field or series: `duration` finds `stages[].ladder.duration`.
 *
 * @throws {DynoError} USAGE where nothing is called so.
 */
export function findTopics(topics: readonly Topic[], wanted: string): Topic[] {
  // A fault names a field with its index: `stages[0].ladder.clients[2]`.
  const plain = wanted
    .replaceAll(/\[\d+\]/g, "[]")
    .replace(/\[\]$/, "")
    .toLowerCase();
  const exact = topics.filter(({ name }) => name.toLowerCase() === plain);
  if (exact.length > 0) return exact;
  const inner = topics.filter(({ name, kind }) => {
    const lower = name.toLowerCase();
    return (
      (kind === "field" || kind === "series") && /[./]/.test(name) && endsWithPart(lower, plain)
    );
  });
  if (inner.length > 0) return inner;
  const words = topics.flatMap(({ name }) => [name, name.split(/[./]/).at(-1)!]);
  const near = findNearMiss(wanted, words);
  const hint = near === null ? "" : ` Did you mean \`${near}\`?`;
  throw new DynoError("USAGE", {
    message: `Nothing is called \`${wanted}\`.${hint}`,
    hint: "Run `pgdyno explain` for everything that can be explained.",
  });
}

/** What was found; with nothing asked for, the names of all. */
export function tellTopics(found: readonly Topic[] | null, all: readonly Topic[]): string {
  if (found !== null) {
    return found
      .map(({ kind, name, lines }) => [`${name} (${kind})`, ...indent(lines)].join("\n"))
      .join("\n\n");
  }
  const kinds = [...new Set(all.map(({ kind }) => kind))].filter((kind) => kind !== "series");
  return kinds
    .map((kind) => {
      const names = all.filter((topic) => topic.kind === kind).map(({ name }) => name);
      return [kind, ...indent(names)].join("\n");
    })
    .join("\n\n");
}

function endsWithPart(name: string, part: string): boolean {
  return name.endsWith(`.${part}`) || name.endsWith(`/${part}`);
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => (line === "" ? "" : `  ${line}`));
}
