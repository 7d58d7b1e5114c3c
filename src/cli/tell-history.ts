import { readdir } from "node:fs/promises";
import path from "node:path";
import { DynoError, messageOf } from "../lib/errors.ts";
import { formatDurationMs } from "../lib/units.ts";
import type { RunSummary, SummaryHeadline } from "../record/run-summary.ts";
import { formatInterval } from "../report/phrases.ts";
import type { ExitStatus } from "./exit-codes.ts";
import { findSummary } from "./find-summary.ts";
import type { Io } from "./io.ts";

interface HistoryRow {
  /** Its folder. */
  readonly run: string;
  readonly summary: RunSummary;
}

/**
 * Prints every record under a folder, newest first. Folders that are no records are passed over; records that
 * cannot be read are named.
 */
export async function tellHistory(runs: string, asJson: boolean, io: Io): Promise<ExitStatus> {
  const rows: HistoryRow[] = [];
  for (const run of await listFolders(runs)) {
    try {
      rows.push({ run, summary: await findSummary(run, () => io.status(`reads ${run}`)) });
    } catch (error) {
      if (error instanceof DynoError && error.code === "RUN_NOT_FOUND") continue;
      // One record must not hide the others.
      io.err(`Note: ${run} is left out. ${messageOf(error)}`);
    }
  }
  io.status(null);
  rows.sort((a, b) => b.summary.startedAtUtc.localeCompare(a.summary.startedAtUtc));
  if (asJson)
    io.out(
      JSON.stringify({ runs: rows.map(({ run, summary }) => ({ run, ...summary })) }, null, 2),
    );
  else if (rows.length === 0) io.out(`No records under ${runs}.`);
  else io.out(rows.map(toLine).join("\n"));
  return 0;
}

async function listFolders(runs: string): Promise<readonly string[]> {
  const entries = await readdir(runs, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => path.join(runs, name))
    .sort();
}

function toLine({ run, summary }: HistoryRow): string {
  const { status, verdict, trials, headlines } = summary;
  const count = `${String(trials.planned).padStart(4)} trials`;
  const [first] = headlines;
  return `${status.padEnd(9)} ${verdict.padEnd(7)} ${count}  ${run}${first === undefined ? "" : `  ${tellHeadline(first)}`}`;
}

/** `1,240 (1,210 to 1,272) tps`, `rto 1.9 s`. */
function tellHeadline(headline: SummaryHeadline): string {
  return headline.figure === "rto"
    ? `rto ${formatDurationMs(headline.value)}`
    : `${formatInterval(headline)} ${headline.unit}`;
}
