import { readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { SUMMARY_VERSION, type RunSummary } from "./run-summary.ts";

const FILE = "summary.json";

/** What grows or is replaced whenever something is added to a record: a run, a test of a finding. */
const BASIS = ["run.json", "events.ndjson", "hypotheses.ndjson"] as const;

/** Bytes of those files when the summary was made. */
type Basis = Readonly<Record<(typeof BASIS)[number], number>>;

/** `summary.json` as it lies on disk. */
interface KeptSummary extends RunSummary {
  readonly madeFrom: Basis;
}

/** Puts the summary into the record; the file is replaced as a whole or not at all. */
export function writeSummary(directory: string, summary: RunSummary): void {
  const kept: KeptSummary = { ...summary, madeFrom: readBasis(directory) };
  const file = path.join(directory, FILE);
  const next = `${file}.${process.pid}`;
  writeFileSync(next, `${JSON.stringify(kept, null, 1)}\n`, { flush: true });
  renameSync(next, file);
}

/**
 * The summary that lies in the record, without its basis. Synchronous, since a list has thousands of them, and
 * each is a few small reads.
 *
 * @returns `null` where there is none, it is of another version, or the record has changed since.
 */
export function readSummary(directory: string): RunSummary | null {
  const kept = readKept(path.join(directory, FILE));
  if (kept?.summaryVersion !== SUMMARY_VERSION) return null;
  const { madeFrom, ...summary } = kept;
  const now = readBasis(directory);
  return BASIS.every((name) => madeFrom[name] === now[name]) ? summary : null;
}

/** Damaged in whatever way, it is as good as none: it is made again from the record. */
function readKept(file: string): KeptSummary | null {
  try {
    const kept = JSON.parse(readFileSync(file, "utf8")) as KeptSummary;
    return typeof kept.madeFrom === "object" ? kept : null;
  } catch {
    return null;
  }
}

function readBasis(directory: string): Basis {
  // Not every record has each of them.
  const sizeOf = (name: string) =>
    statSync(path.join(directory, name), { throwIfNoEntry: false })?.size ?? 0;
  return Object.fromEntries(BASIS.map((name) => [name, sizeOf(name)])) as Basis;
}
