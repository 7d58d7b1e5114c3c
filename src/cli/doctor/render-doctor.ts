import { paint, type Io } from "../io.ts";
import { PGDYNO_VERSION } from "../version.ts";
import type { CheckResult, CheckStatus } from "./check.ts";

const MARKS: Readonly<
  Record<CheckStatus, { readonly word: string; readonly color: "green" | "yellow" | "red" }>
> = {
  ok: { word: "ok", color: "green" },
  mind: { word: "mind", color: "yellow" },
  missing: { word: "missing", color: "red" },
};

/** A line per check, with the way to get what is missing below it. */
export function renderDoctor(results: readonly CheckResult[], io: Pick<Io, "hasColor">): string {
  const width = Math.max(...results.map(({ title }) => title.length));
  const lines = results.flatMap(({ title, status, found, remedy }) => {
    const { word, color } = MARKS[status];
    const line = `${paint(io, color, word.padEnd(7))}  ${title.padEnd(width)}  ${found}`;
    return remedy === null ? [line] : [line, `${" ".repeat(11 + width)}→ ${remedy}`];
  });
  return [`pgdyno ${PGDYNO_VERSION} on ${process.platform}-${process.arch}`, ...lines].join("\n");
}
