/**
 * What it costs to follow a record that grows, second by second, after ever more of it:
 * `npx tsx bench/follow-record.ts`. The last column reads the same record anew.
 */
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { build } from "hdr-histogram-js";
import { formatLatencyInterval } from "../src/record/latency-log.ts";
import { followRecord, readRecord, type RecordFollower } from "../src/record/read-record.ts";
import type { SeriesInfo } from "../src/record/series-format.ts";
import { table } from "../src/report/markdown/markup.ts";
import { medianOf } from "./compare.ts";

const SIZES_S = [100, 1_000, 10_000];
const READINGS = 20;
/** Sampled each second, as a run with every probe is. */
const PROBES = 35;
const SERIES = Array.from({ length: 8 }, (_, i) => `series${i}`);
const WRITES_PER_S = 1000;

const directory = mkdtempSync("/tmp/pgdyno-bench-follow-");
const histogram = build({ numberOfSignificantValueDigits: 3 });
for (let value = 1; value < 2000; value++) histogram.recordValue(value * 17);

function append(file: string, text: string): void {
  appendFileSync(path.join(directory, file), text);
}

function appendSeconds(fromS: number, toS: number): void {
  const seconds = Array.from({ length: toS - fromS }, (_, i) => fromS + i);
  const lines = (of: (s: number) => object) =>
    seconds.map((s) => `${JSON.stringify(of(s))}\n`).join("");
  const samples = lines((s) => ({
    t: s * 1000,
    on: "pg1",
    v: Object.fromEntries(SERIES.map((name) => [name, s])),
  }));
  for (let probe = 0; probe < PROBES; probe++) append(`series/probe${probe}.ndjson`, samples);
  append(
    "events.ndjson",
    lines((s) => ({ kind: "note", atMs: s * 1000, text: "a second" })),
  );
  const interval = (s: number) =>
    formatLatencyInterval({
      startMs: s * 1000,
      endMs: s * 1000 + 1000,
      script: "a",
      part: "latency",
      histogram,
    });
  append("latency/t.hlog", seconds.map(interval).join(""));
  for (const s of seconds) {
    const write = (_: unknown, i: number) => `1,${s * WRITES_PER_S + i + 1},o,${s}000000,9,,\n`;
    append("ledger/t.0.csv", Array.from({ length: WRITES_PER_S }, write).join(""));
  }
}

async function readMs(follower: RecordFollower): Promise<number> {
  const startedMs = performance.now();
  const { ledgers } = await follower.read();
  if (ledgers.get("t")!.ledger.writes.count === 0) throw new Error("the ledger is empty");
  return performance.now() - startedMs;
}

try {
  for (const folder of ["series", "latency", "ledger"]) mkdirSync(path.join(directory, folder));
  cpSync("test/golden/ladder/run.json", path.join(directory, "run.json"));
  const info: SeriesInfo = { unit: "count", kind: "gauge", doc: "d" };
  const series = Object.fromEntries(SERIES.map((name) => [name, info]));
  for (let probe = 0; probe < PROBES; probe++) {
    const head = { probe: `probe${probe}`, summary: "", source: "", everyMs: 1000, keyed: false };
    append(`series/probe${probe}.ndjson`, `${JSON.stringify({ ...head, series })}\n`);
  }
  append(
    "ledger/t.0.csv",
    "#pgdyno-ledger 1\n#clients 2\n#client,seq,outcome,sent_us,took_us,server,lsn\n",
  );
  const follower = followRecord(directory);
  const rows: string[][] = [];
  let nowS = 0;
  for (const sizeS of SIZES_S) {
    appendSeconds(nowS, sizeS);
    nowS = sizeS;
    await readMs(follower);
    const steps: number[] = [];
    for (let i = 0; i < READINGS; i++) {
      appendSeconds(nowS, nowS + 1);
      nowS += 1;
      steps.push(await readMs(follower));
    }
    const anewMs = await readMs({ read: () => readRecord(directory) });
    rows.push([
      sizeS.toLocaleString("en-US"),
      `${medianOf(steps).toFixed(1)} ms`,
      `${anewMs.toLocaleString("en-US", { maximumFractionDigits: 0 })} ms`,
    ]);
  }
  console.log(
    table(["seconds recorded", "following one more second", "reading all of it anew"], rows),
  );
} finally {
  rmSync(directory, { recursive: true, force: true });
}
