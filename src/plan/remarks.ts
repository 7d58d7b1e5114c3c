import type { Remark } from "../contracts/remark.ts";
import { DynoError } from "../lib/errors.ts";
import { showPath } from "../lib/field-path.ts";
import type { Fault } from "../spec/fault.ts";
import { specInvalid, type Locate } from "../spec/parse-experiment.ts";

/** The text that an experiment was read from. */
interface Source {
  readonly file: string;
  readonly locate: Locate;
}

/**
 * Ends the planning where something will not work, with all of it at once.
 *
 * @throws {DynoError} SPEC_INVALID
 */
export function refuseFaults(faults: readonly Remark[], source: Source | undefined): void {
  if (faults.length === 0) return;
  if (source !== undefined) throw specInvalid(source.file, inOrder(faults, source));
  const list = [...new Set(faults.map(({ path, message }) => `${showPath(path)}: ${message}`))];
  throw new DynoError("SPEC_INVALID", {
    file: "The experiment",
    count: list.length,
    faults: list.length === 1 ? "fault" : "faults",
    list: list.join("\n"),
  });
}

/** Warnings as lines for people, each with its place where there is one. */
export function tellWarnings(warnings: readonly Remark[], source: Source | undefined): string[] {
  if (source === undefined) return warnings.map(({ message }) => message);
  return inOrder(warnings, source).map(
    ({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`,
  );
}

/** In the order of the file, each once. */
function inOrder(remarks: readonly Remark[], { file, locate }: Source): Fault[] {
  const placed = remarks.map((remark) => ({ ...locate(remark), file }));
  const keys = placed.map(({ line, column, message }) => `${line}:${column}:${message}`);
  return placed
    .filter((_, i) => keys.indexOf(keys[i]!) === i)
    .toSorted((a, b) => a.line - b.line || a.column - b.column);
}
