import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseSummary, SummaryError } from "./parse-summary.ts";

interface Captured {
  readonly status: number | null;
}
const root = new URL("fixtures/15/", import.meta.url);
const cases = JSON.parse(readFileSync(new URL("cases.json", root), "utf8")) as Record<
  string,
  Captured
>;
const linesOf = (name: string) =>
  readFileSync(new URL(`${name}/stdout`, root), "utf8")
    .trimEnd()
    .split("\n");
const withSummary = Object.keys(cases).filter((name) => linesOf(name).length > 1);

test("reads what pgbench prints in every captured case", () => {
  expect(withSummary.length).toBeGreaterThan(15);
  for (const name of withSummary) {
    const summary = parseSummary(linesOf(name));
    expect(summary.version, name).toMatch(/^15\./);
    expect(summary.failed, name).not.toBeNull();
    expect(summary.tps === null, name).toBe(summary.processed === 0);
  }
});

test("reads retries, skips and the latency limit", () => {
  const { scripts, ...summary } = parseSummary(linesOf("retries-rate-limit"));
  const printed = linesOf("retries-rate-limit").join("\n");
  const number = (pattern: RegExp) => Number(pattern.exec(printed)![1]);
  expect(summary).toEqual({
    version: /^pgbench \((.+)\)$/m.exec(printed)![1],
    processed: number(/actually processed: (\d+)/),
    failed: number(/failed transactions: (\d+)/),
    serializationFailures: number(/serialization failures: (\d+)/),
    deadlockFailures: 0,
    skipped: number(/skipped: (\d+)/),
    retries: number(/total number of retries: (\d+)/),
    aboveLimit: number(/latency limit: (\d+)/),
    latencyMsMean: number(/latency average = ([\d.]+)/),
    lagMsMean: number(/schedule lag: avg ([\d.]+)/),
    connectingMs: number(/initial connection time = ([\d.]+)/),
    tps: number(/tps = ([\d.]+)/),
  });
  expect(scripts).toHaveLength(1);
  expect(scripts[0]!.statements).toHaveLength(11);
});

test("keeps the statements of weighted scripts apart, and their first lines", () => {
  const { scripts, processed } = parseSummary(linesOf("weighted"));
  expect(scripts.map(({ statements }) => statements.map(({ position, text }) => [position, text])))
    .toMatchInlineSnapshot(`
      [
        [
          [
            1,
            "\\set aid random(1, 100000)",
          ],
          [
            2,
            "select abalance",
          ],
        ],
        [
          [
            1,
            "\\set tid random(1, 10)",
          ],
          [
            2,
            "begin;",
          ],
          [
            3,
            "update pgbench_tellers set tbalance = tbalance + 1 where tid = :tid;",
          ],
          [
            4,
            "end;",
          ],
        ],
      ]
    `);
  expect(scripts.reduce((sum, script) => sum + script.transactions!, 0)).toBe(processed);
});

test("counts failures by statement, with and without the column of retries", () => {
  for (const name of ["serialization", "retries"]) {
    const { scripts, failed } = parseSummary(linesOf(name));
    const byStatement = scripts[0]!.statements.reduce((sum, { failed }) => sum + failed!, 0);
    expect(byStatement, name).toBe(failed);
    expect(failed, name).toBeGreaterThan(0);
  }
});

test("refuses a summary with any line changed, rather than reading a 0", () => {
  const lines = linesOf("normal").slice(0, 15);
  for (const [index, line] of lines.entries()) {
    const changed = lines.with(index, `${line} (of late)`);
    const isName = line.startsWith("transaction type: "); // Holds any text: the user's file names.
    if (!isName) expect(() => parseSummary(changed), line).toThrow(SummaryError);
  }
});

test("refuses a summary that breaks off", () => {
  const lines = linesOf("normal");
  const cut = lines.findIndex((line) => line.startsWith("tps"));
  expect(() => parseSummary(lines.slice(0, cut))).toThrow("The throughput is missing");
  expect(() => parseSummary(lines.slice(0, 5))).toThrow("The number of transactions is missing");
  expect(() => parseSummary([])).toThrow(SummaryError);
});
