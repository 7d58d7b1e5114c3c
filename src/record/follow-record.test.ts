import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { randomFrom } from "../lib/random.ts";
import type { Ledger } from "./ledger.ts";
import { followRecord, readRecord } from "./read-record.ts";
import type { RunRecord } from "./run-record.ts";

const GOLDEN = "test/golden/ladder";
const LEDGER = "#pgdyno-ledger 1\n#clients 2\n#client,seq,outcome,sent_us,took_us,server,lsn\n";

let scene: string;
let whole: string;
let growing: string;

/** The golden record with a ledger of two workers beside it. */
beforeEach(() => {
  scene = mkdtempSync("/tmp/pgdyno-follow-");
  whole = path.join(scene, "whole");
  growing = path.join(scene, "growing");
  cpSync(GOLDEN, whole, { recursive: true });
  mkdirSync(path.join(whole, "ledger"));
  for (const worker of [0, 1]) {
    const writes = Array.from({ length: 200 }, (_, i) => `${worker},${i + 1},o,${i}00,5,0,0/${i}`);
    writeFileSync(
      path.join(whole, "ledger", `t.${worker}.csv`),
      `${LEDGER}S0,17${worker}.5,,,1\n${writes.join("\n")}\nE200,0,20000\n`,
    );
  }
});
afterEach(() => rmSync(scene, { recursive: true, force: true }));

function listFiles(): readonly string[] {
  return readdirSync(whole, { recursive: true, encoding: "utf8" })
    .filter((file) => statSync(path.join(whole, file)).isFile())
    .sort();
}

/** Gives the growing record some more bytes of each file, cut anywhere; whether any were left to give. */
function grow(next: () => number): boolean {
  let isWhole = true;
  for (const file of listFiles()) {
    const [from, to] = [path.join(whole, file), path.join(growing, file)];
    const text = readFileSync(from);
    if (file === "run.json") {
      writeFileSync(`${to}.next`, text);
      renameSync(`${to}.next`, to);
      continue;
    }
    const has = existsSync(to) ? statSync(to).size : 0;
    if (has === text.length) continue;
    isWhole = false;
    mkdirSync(path.dirname(to), { recursive: true });
    appendFileSync(to, text.subarray(has, has + Math.ceil(next() * (text.length / 4))));
  }
  return !isWhole;
}

/** All that can be told of a ledger, whatever order its workers' files were read in. */
function ledgerOf({ ledgers }: RunRecord): unknown {
  const ledger: Ledger | undefined = ledgers.get("t")?.ledger;
  if (ledger === undefined) return null;
  const { writes, servers, ...about } = ledger;
  const rows = Array.from({ length: writes.count }, (_, i) => [
    writes.client[i]!,
    writes.seq[i]!,
    writes.outcome[i]!,
    writes.answeredUs[i]!,
    servers[writes.server[i]!]!.start,
  ]);
  return { about, rows: rows.map(String).sort() };
}

/** By this thread, in all. @see https://man7.org/linux/man-pages/man5/proc_pid_io.5.html (`rchar`) */
function bytesRead(): number {
  return Number(/^rchar: (\d+)$/m.exec(readFileSync("/proc/thread-self/io", "utf8"))![1]);
}

/** Histograms are made anew each time they are asked for. */
function factsOf(record: RunRecord): unknown {
  const { manifest, events, probes, latencies, damage } = record;
  const intervals = [...latencies].map(([trial, of]) => [
    trial,
    of.map(({ startMs, endMs, script, part, histogram }) => [
      startMs,
      endMs,
      script,
      part,
      histogram.totalCount,
      histogram.maxValue,
    ]),
  ]);
  return { manifest, events, probes: [...probes], intervals, damage, ledger: ledgerOf(record) };
}

test("a record that grows is after each step what reading it anew gives", async () => {
  const random = randomFrom("follow");
  mkdirSync(growing);
  grow(() => 0.1);
  const follower = followRecord(growing);
  let steps = 0;
  let cuts = 0;
  do {
    const followed = await follower.read();
    expect(factsOf(followed)).toEqual(factsOf(await readRecord(growing)));
    if (followed.damage.length > 0) cuts += 1;
    steps += 1;
  } while (grow(() => random.next()));
  expect(factsOf(await follower.read())).toEqual(factsOf(await readRecord(whole)));
  expect(steps).toBeGreaterThan(4);
  expect(cuts).toBeGreaterThan(2);
});

test.runIf(process.platform === "linux")("a reading reads what was appended", async () => {
  const follower = followRecord(whole);
  ledgerOf(await follower.read());
  const sizes = listFiles().map((file) => statSync(path.join(whole, file)).size);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(400_000);
  const line = `{"kind":"note","atMs":999999,"text":"later"}\n`;
  appendFileSync(path.join(whole, "events.ndjson"), line);
  const before = bytesRead();
  ledgerOf(await follower.read());
  // What was looked at again to see that the file is the same, and this very count.
  expect(bytesRead() - before).toBeLessThan(line.length + 1000);
});

test("a file that was written anew is read anew, and so is what follows a fault that was put right", async () => {
  cpSync(whole, growing, { recursive: true });
  const follower = followRecord(growing);
  await follower.read().then(ledgerOf);
  const events = path.join(growing, "events.ndjson");
  const lines = readFileSync(events, "utf8").split("\n").slice(0, 5);
  writeFileSync(events, `{"kind":"note","atMs":0,"text":"anew"}\n${lines.join("\n")}\n`);
  const ledger = path.join(growing, "ledger", "t.1.csv");
  writeFileSync(ledger, `${LEDGER}S0,999,,,1\n${"1,1,o,1,1,0,\n".repeat(300)}`);
  expect(factsOf(await follower.read())).toEqual(factsOf(await readRecord(growing)));

  appendFileSync(events, "no event\n");
  for (let twice = 0; twice < 2; twice++) {
    await expect(follower.read()).rejects.toMatchObject({ facts: { line: 7 } });
  }
  writeFileSync(events, readFileSync(events, "utf8").replace("no event\n", ""));
  expect(factsOf(await follower.read())).toEqual(factsOf(await readRecord(growing)));
});

test("what is wanted no more is forgotten, and read again where it is wanted again", async () => {
  const [trial] = (await readRecord(whole)).manifest.plan.trials;
  let isWanted = true;
  const follower = followRecord(whole, (id) => isWanted || id !== trial!.id);
  expect((await follower.read()).latencies.has(trial!.id)).toBe(true);
  isWanted = false;
  expect((await follower.read()).latencies.has(trial!.id)).toBe(false);
  isWanted = true;
  expect(factsOf(await follower.read())).toEqual(factsOf(await readRecord(whole)));
});
