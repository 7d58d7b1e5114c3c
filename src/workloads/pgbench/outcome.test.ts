import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { toOutcome, type Ended } from "./outcome.ts";

const read = (name: string, file: string) =>
  readFileSync(new URL(`fixtures/15/${name}/${file}`, import.meta.url), "utf8");
const cases = JSON.parse(read("", "cases.json")) as Record<string, { readonly status: number }>;

/** What a captured case would end as, had its log held `totals`. */
function endedOf(name: string, totals: Partial<Ended["totals"]>, more: Partial<Ended> = {}): Ended {
  return {
    exit: {
      status: cases[name]!.status,
      signal: null,
      cpuMs: 10,
      stderrTail: read(name, "stderr"),
    },
    output: {
      summaryLines: read(name, "stdout").trimEnd().split("\n"),
      abortedClients: 0,
      lostFailed: 0,
      lostUnknown: 0,
      leftOpen: 0,
    },
    errors: [],
    totals: {
      transactions: Number(/processed: (\d+)/.exec(read(name, "stdout"))?.[1] ?? 0),
      failed: 0,
      serializationFailures: 0,
      deadlockFailures: 0,
      skipped: 0,
      retried: 0,
      late: 0,
      clockShiftMs: 0,
      ...totals,
    },
    scripts: [
      { name: "first", argument: "", file: null },
      { name: "second", argument: "", file: null },
    ],
    threads: 2,
    clients: 4,
    rateTps: null,
    durationMs: 2000,
    wasEndedEarly: false,
    generatorCpuMs: 10,
    outputPath: "raw/pgbench.stderr",
    ...more,
  };
}

test("a quiet load has no warnings, and its statements their scripts and counts", () => {
  const outcome = toOutcome(endedOf("weighted", {}));
  expect(outcome.warnings).toEqual([]);
  const counts = new Map(outcome.statements.map(({ script, count }) => [script, count]));
  expect([...counts.keys()]).toEqual(["first", "second"]);
  expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(outcome.transactions);
});

test("dead clients are told, though pgbench's throughput looks well", () => {
  const output = { abortedClients: 4, lostUnknown: 4 };
  const ended = endedOf("server-killed", {});
  const outcome = toOutcome({ ...ended, output: { ...ended.output, ...output } });
  expect(outcome.unknown).toBe(4);
  expect(outcome.warnings).toEqual([expect.stringMatching(/^4 of 4 clients ended at an error/)]);
});

test("status 2 is told even where no message was understood", () => {
  expect(toOutcome(endedOf("server-killed", {})).warnings).toEqual([
    expect.stringContaining("perhaps the backend died"),
  ]);
});

test("is an error where nothing ran, in pgbench's own words", () => {
  const failure = (name: string) => () => toOutcome(endedOf(name, { transactions: 0 }));
  expect(failure("no-server")).toThrow(/Connection refused/);
  expect(failure("script-error")).toThrow(/wrong\.sql:1: invalid command/);
  expect(failure("meta-error")).toThrow(/division by zero/);
});

test("is an error where the summary cannot be read or is not there", () => {
  const ended = endedOf("normal", {});
  const garbled = { ...ended, output: { ...ended.output, summaryLines: ["tps = many"] } };
  expect(() => toOutcome(garbled)).toThrow(/cannot be read: A line is not known: tps = many/);
});

test("tells where log and summary differ", () => {
  expect(toOutcome(endedOf("normal", { transactions: 7 })).warnings).toEqual([
    expect.stringMatching(/^pgbench counted \d+ transactions, and its log holds 7\.$/),
  ]);
});

test("tells a rate that was not delivered, but not a Poisson schedule's scatter", () => {
  const warningsAt = (rateTps: number) => toOutcome(endedOf("rate", {}, { rateTps })).warnings;
  expect(warningsAt(50)).toEqual([]);
  expect(warningsAt(500)).toEqual([expect.stringMatching(/^The rate was not delivered/)]);
});

test("a load that was ended early and hard keeps its counts, and says what is missing", () => {
  const ended = endedOf("normal", { transactions: 9 }, { wasEndedEarly: true });
  const outcome = toOutcome({ ...ended, exit: { ...ended.exit, status: null, signal: "SIGKILL" } });
  expect(outcome.transactions).toBe(9);
  expect(outcome.statements).toEqual([]);
  expect(outcome.warnings).toEqual([expect.stringContaining("there is no summary")]);
});
