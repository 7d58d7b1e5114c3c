import { expect, test } from "vitest";
import { recordOf, type TrialOf } from "../../test/support/record.ts";
import { analyzeRecord } from "../analysis/analyze-record.ts";
import type { Objectives } from "../record/format.ts";
import { judgeObjectives } from "./objectives.ts";
import { STAGE_ANALYSES } from "../stages/analyses.ts";

const level = (tps: number) => Array.from({ length: 5 }, () => tps);
const repeated = (...tps: number[]): TrialOf[] =>
  tps.map((value, i) => ({ clients: 4, repetition: i + 1, tps: level(value) }));
const judge = (objectives: Partial<Objectives>, trials: TrialOf[]) =>
  judgeObjectives(analyzeRecord(recordOf({ objectives, trials }), STAGE_ANALYSES));

test("a goal may be a share of what a first look found, which is no repetition itself", () => {
  const ofFirstLook = { throughputTps: 0.7, p99Ms: 2, p50Ms: null, p95Ms: null };
  const look: TrialOf = { id: "look", clients: 4, tps: level(1400), role: "first-look" };
  expect(judge({ ofFirstLook }, [look, ...repeated(1000, 1005, 1010)])).toMatchObject([
    {
      objective: "throughput",
      wanted: "at least 980 tps, 70 % of what a first look found",
      found: "1,005 tps (tpcb-like, 4 clients)",
      verdict: "pass",
    },
    { objective: "p99", wanted: "at most 5.71 ms, 200 % of what a first look found" },
  ]);
  expect(judge({ ofFirstLook }, [look, ...repeated(900, 905, 910)])[0]).toMatchObject({
    verdict: "fail",
  });
});

test("is unknown where the first look cannot be believed, or there was none", () => {
  const ofFirstLook = { throughputTps: 0.7, p99Ms: null, p50Ms: null, p95Ms: null };
  const look: TrialOf = {
    id: "look",
    tps: level(1400),
    role: "first-look",
    outcome: { generatorCpuMs: 4900 },
  };
  const trials = repeated(1000, 1005, 1010);
  expect(judge({ ofFirstLook }, [look, ...trials])).toMatchObject([
    { verdict: "unknown", because: expect.stringContaining("The first look, look, cannot be") },
  ]);
  expect(judge({ ofFirstLook }, trials)).toMatchObject([
    { verdict: "unknown", because: "Nothing was measured." },
  ]);
});

test("passes only where all of the interval meets the objective", () => {
  expect(judge({ throughputTps: 900 }, repeated(1000, 1005, 1010))).toMatchInlineSnapshot(`
    [
      {
        "because": "All of the interval meets it (993 to 1,017, 95 % t-interval over 3 repetitions; tpcb-like, 4 clients).",
        "found": "1,005 tps (tpcb-like, 4 clients)",
        "objective": "throughput",
        "verdict": "pass",
        "wanted": "at least 900 tps",
      },
    ]
  `);
});

test("fails where none of the interval meets it", () => {
  expect(judge({ throughputTps: 1100 }, repeated(1000, 1005, 1010))).toMatchObject([
    { verdict: "fail" },
  ]);
});

test("is unknown where the interval lies on both sides, or there is none", () => {
  expect(judge({ throughputTps: 1000 }, repeated(900, 1000, 1150))).toMatchObject([
    { verdict: "unknown", because: expect.stringContaining("more repetitions are needed") },
  ]);
  expect(judge({ throughputTps: 10 }, repeated(1000))).toMatchObject([
    { verdict: "unknown", because: expect.stringContaining("One repetition has no interval") },
  ]);
});

test("a latency is judged at the least load that reaches the throughput wanted", () => {
  const trials = [1, 2].flatMap((repetition) => [
    { clients: 1, repetition, tps: level(400), latencyMs: 2.5 },
    { clients: 4, repetition, tps: level(1000), latencyMs: 4 },
    { clients: 8, repetition, tps: level(1100), latencyMs: 7.3 },
  ]);
  expect(judge({ throughputTps: 900, p99Ms: 5 }, trials)).toMatchObject([
    { objective: "throughput", verdict: "pass" },
    { objective: "p99", verdict: "pass", found: "4 ms (tpcb-like, 4 clients)" },
  ]);
  expect(judge({ p99Ms: 5 }, trials)).toMatchObject([{ objective: "p99", verdict: "fail" }]);
});

test("a quantile of too few transactions is unknown, never a pass", () => {
  expect(judge({ p99Ms: 5000 }, repeated(10, 10))).toMatchObject([{ verdict: "unknown" }]);
});

test("a throughput must be reached on every curve", () => {
  const trials = [1, 2].flatMap((repetition) => [
    { curve: "select-only", repetition, tps: level(5000 + repetition) },
    { curve: "tpcb-like", repetition, tps: level(500 + repetition) },
  ]);
  expect(judge({ throughputTps: 1000 }, trials)).toMatchObject([{ verdict: "fail" }]);
});

test("what no stage of the run tries is unknown", () => {
  expect(judge({ rpoTransactions: 0, rtoMs: 30_000 }, repeated(10))).toMatchObject([
    { objective: "rpo", verdict: "unknown" },
    { objective: "rto", wanted: "back within 30 s", verdict: "unknown" },
  ]);
});
