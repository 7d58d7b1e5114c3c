import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ENDED, LogLineError, parseLog, type LogColumns, type LogSink } from "./parse-log.ts";

const root = new URL("fixtures/15/", import.meta.url);
const cases = JSON.parse(readFileSync(new URL("cases.json", root), "utf8")) as Record<
  string,
  { readonly args: readonly string[] }
>;
const columnsOf = (name: string): LogColumns => ({
  lag: cases[name]!.args.some((arg) => arg.startsWith("-R")),
  retries: cases[name]!.args.some((arg) => arg.startsWith("--max-tries")),
});
const logsOf = (name: string) =>
  readdirSync(new URL(`${name}/`, root))
    .filter((file) => file.startsWith("log."))
    .map((file) => readFileSync(new URL(`${name}/${file}`, root)));

function collect() {
  const rows: number[][] = [];
  const sink: LogSink = { add: (...row) => void rows.push(row) };
  return { rows, sink };
}

/** The same by splitting strings: slow, and obviously right. */
function readSlowly(log: Buffer, columns: LogColumns): number[][] {
  const lines = log.toString().trimEnd().split("\n");
  return (lines[0] === "" ? [] : lines).map((line) => {
    const [, , word, script, epochS, epochUs, ...more] = line.split(" ");
    const ended = ENDED[word as keyof typeof ENDED] ?? ENDED.ok;
    const us = ended === ENDED.ok ? Number(word) : 0;
    const lag = columns.lag ? Number(more.shift()) : 0;
    const retries = columns.retries ? Number(more.shift()) : 0;
    return [ended, Number(script), us, Number(epochS), Number(epochUs), lag, retries];
  });
}

test("reads every captured log as a slow reader does", () => {
  const words = new Set<number>();
  for (const name of Object.keys(cases)) {
    for (const log of logsOf(name)) {
      const { rows, sink } = collect();
      expect(parseLog(log, 0, log.length, columnsOf(name), sink)).toBe(log.length);
      expect(rows, name).toEqual(readSlowly(log, columnsOf(name)));
      for (const [ended] of rows) words.add(ended!);
    }
  }
  expect([...words].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
});

test("reads the same wherever the writer's last piece ends", () => {
  const log = logsOf("retries-rate-limit")[0]!.subarray(0, 400);
  const whole = collect();
  const end = parseLog(log, 0, log.length, columnsOf("retries-rate-limit"), whole.sink);
  for (let cut = 1; cut < log.length; cut += 1) {
    const pieces = collect();
    const done = parseLog(log, 0, cut, columnsOf("retries-rate-limit"), pieces.sink);
    expect(parseLog(log, done, log.length, columnsOf("retries-rate-limit"), pieces.sink)).toBe(end);
    expect(pieces.rows).toEqual(whole.rows);
  }
});

test("refuses a log with other columns than were asked for", () => {
  const log = logsOf("rate")[0]!;
  const { sink } = collect();
  for (const columns of [
    { lag: false, retries: false },
    { lag: true, retries: true },
  ]) {
    expect(() => parseLog(log, 0, log.length, columns, sink)).toThrow(LogLineError);
  }
});

test("refuses every line with a byte that does not belong there, and names the line", () => {
  const first = logsOf("normal")[0]!.toString().split("\n")[0]!;
  for (let at = 0; at < first.length; at += 1) {
    const broken = Buffer.from(`${first.slice(0, at)}x${first.slice(at + 1)}\n`);
    const read = () => parseLog(broken, 0, broken.length, columnsOf("normal"), collect().sink);
    expect(read, broken.toString()).toThrow(broken.toString().trimEnd());
  }
});

test("refuses a word that only starts like one", () => {
  const broken = Buffer.from("0 1 skippet 0 1795334391 345487\n");
  const read = () => parseLog(broken, 0, broken.length, columnsOf("normal"), collect().sink);
  expect(read).toThrow(LogLineError);
});
