import { readdir } from "node:fs/promises";
import path from "node:path";
import { readRunManifest } from "../record/read-record.ts";
import type { ExitStatus } from "./exit-codes.ts";
import type { Io } from "./io.ts";

interface HistoryRow {
  readonly run: string;
  readonly name: string;
  readonly status: string;
  readonly startedAtUtc: string;
  readonly trials: number;
}

/** Prints every record under a folder. Folders that are no records are passed over. */
export async function tellHistory(runs: string, asJson: boolean, io: Io): Promise<ExitStatus> {
  const rows: HistoryRow[] = [];
  for (const entry of await readdir(runs, { withFileTypes: true }).catch(() => [])) {
    if (!entry.isDirectory()) continue;
    const run = path.join(runs, entry.name);
    const manifest = await readRunManifest(run).catch(() => null);
    if (manifest === null) continue;
    const { name, status, epochMs, plan } = manifest;
    rows.push({
      run,
      name,
      status,
      startedAtUtc: new Date(epochMs).toISOString(),
      trials: plan.trials.length,
    });
  }
  rows.sort((a, b) => b.startedAtUtc.localeCompare(a.startedAtUtc));
  if (asJson) io.out(JSON.stringify({ runs: rows }, null, 2));
  else if (rows.length === 0) io.out(`No records under ${runs}.`);
  else
    for (const { run, status, trials } of rows)
      io.out(`${status.padEnd(9)} ${String(trials).padStart(4)} trials  ${run}`);
  return 0;
}
