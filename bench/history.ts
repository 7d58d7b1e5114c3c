/**
 * How long `pgdyno history` takes over many records, each with its summary: `npx tsx bench/history.ts [records]`.
 * The records have no series at all, so that reading one would fail.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Io } from "../src/cli/io.ts";
import { tellHistory } from "../src/cli/tell-history.ts";
import { readSummary, writeSummary } from "../src/record/summary-file.ts";
import { summarizeRun } from "../src/report/summarize-run.ts";
import type { RunManifest } from "../src/record/format.ts";
import { composed } from "../test/support/composed.ts";
import { reportModelOf } from "../test/support/report-model.ts";

const MINUTE_MS = 60_000;
const FIRST = "run-00000";
const records = Number(process.argv[2] ?? 10_000);
const runs = mkdtempSync("/tmp/pgdyno-bench-history-");
const template = JSON.parse(readFileSync("test/golden/ladder/run.json", "utf8")) as RunManifest;
const model = composed(reportModelOf());

/** A record of the size that one of four trials has. */
function makeRecord(number: number): string {
  const id = `run-${String(number).padStart(5, "0")}`;
  const directory = path.join(runs, id);
  mkdirSync(directory);
  const manifest = { ...template, id, epochMs: template.epochMs + number * MINUTE_MS };
  writeFileSync(path.join(directory, "run.json"), JSON.stringify(manifest));
  writeFileSync(path.join(directory, "events.ndjson"), "");
  // A sync for each would take longer than all else.
  if (number > 0)
    cpSync(path.join(runs, FIRST, "summary.json"), path.join(directory, "summary.json"));
  else writeSummary(directory, summarizeRun(manifest, model, manifest.pgdynoVersion));
  return directory;
}

try {
  let made = "";
  for (let number = 0; number < records; number++) made = makeRecord(number);
  if (readSummary(made) === null) throw new Error("the summary is not up to date");
  const bytes = readFileSync(path.join(made, "summary.json")).length;
  let told = 0;
  const io = {
    out: (text: string) => (told = text.split("\n").length),
    err: (text: string) => console.error(text),
    status: () => undefined,
  } as Pick<Io, "out" | "err" | "status"> as Io;
  const startedMs = performance.now();
  await tellHistory(runs, false, io);
  const tookMs = performance.now() - startedMs;
  if (told !== records) throw new Error(`${told} of ${records} records were told`);
  console.log(
    `${records} records with summaries of ${bytes} bytes: ${(tookMs / 1000).toFixed(2)} s, ` +
      `${(process.memoryUsage.rss() / 1024 ** 2).toFixed(0)} MB of memory`,
  );
} finally {
  rmSync(runs, { recursive: true, force: true });
}
