import { appendFile, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeProcesses } from "../../lib/node-processes.ts";
import type { LogSink } from "./parse-log.ts";
import { tailLogs } from "./tail-logs.ts";

const COLUMNS = { lag: false, retries: false };
let directory = "";

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "pgdyno-tail-"));
});
afterEach(() => rm(directory, { recursive: true }));

/** Adds up the microseconds, so that a line lost or read twice shows. */
function sums(threads: number) {
  const totals = Array.from({ length: threads }, () => ({ lines: 0, us: 0 }));
  const sinks: LogSink[] = totals.map((total) => ({
    add(_ended, _script, us) {
      total.lines += 1;
      total.us += us;
    },
  }));
  return { totals, sinks };
}

test("reads each thread's lines once, however the pieces fall", async () => {
  const { totals, sinks } = sums(3);
  const tail = tailLogs(directory, COLUMNS, sinks, nodeProcesses());
  await tail.read();
  const zero = path.join(directory, "log.4711");
  await writeFile(zero, "0 1 10 0 17953343");
  await writeFile(`${zero}.2`, "2 1 500 0 1795334385 7\n");
  await tail.read();
  expect(totals).toEqual([
    { lines: 0, us: 0 },
    { lines: 0, us: 0 },
    { lines: 1, us: 500 },
  ]);
  await appendFile(zero, "85 6\n0 2 20 0 1795334385 7\n0 3 ");
  await writeFile(`${zero}.1`, "");
  await tail.read();
  await tail.read();
  expect(totals[0]).toEqual({ lines: 2, us: 30 });
  await tail.close();
});

test("gives back the disk space of what was read, while the writer writes on", async (context) => {
  if (process.platform !== "linux") return context.skip("Only Linux can punch holes.");
  const { totals, sinks } = sums(1);
  const processes = nodeProcesses();
  const tail = tailLogs(directory, COLUMNS, sinks, processes);
  const file = path.join(directory, "log.4711");
  const lines = "0 1 7 0 1795334385 123456\n".repeat(400_000);
  let largest = 0;
  for (let round = 0; round < 12; round += 1) {
    await appendFile(file, lines);
    await tail.read();
    largest = Math.max(largest, (await stat(file)).blocks * 512);
  }
  await tail.close();
  expect(totals[0]).toEqual({ lines: 4_800_000, us: 33_600_000 });
  const { size } = await stat(file);
  expect(size).toBe(lines.length * 12);
  expect(largest).toBeLessThan(size * 0.7);
});

test("refuses a file that is no thread's log", async () => {
  const tail = tailLogs(directory, COLUMNS, sums(1).sinks, nodeProcesses());
  await writeFile(path.join(directory, "log.4711.5"), "");
  await expect(tail.read()).rejects.toThrow("log.4711.5 is the log of no thread");
  await tail.close();
});
