import { expect, test } from "vitest";
import {
  CLEAN,
  recordOfFailovers,
  writesAround,
  type FailoverTrialOf,
} from "../../../test/support/failover.ts";
import { steadyWrites } from "../../../test/support/ledger.ts";
import { analyzeRecord } from "../../analysis/analyze-record.ts";
import { STAGE_ANALYSES } from "../analyses.ts";

const analyze = (...trials: readonly FailoverTrialOf[]) =>
  analyzeRecord(recordOfFailovers(trials), STAGE_ANALYSES).failovers[0]!;

test("a clean failover: the gap from the last acknowledgement to the first on the new server, in phases", () => {
  const { trials, rtoMs, loss } = analyze(CLEAN);
  const [trial] = trials;
  const zero = trial!.gap!.startMs - 3995;
  expect(trial).toMatchObject({
    from: "pg1",
    to: "pg2",
    failedBecause: null,
    resolutionMs: 10,
    redundancyMs: 5000,
    dualAckMs: 0,
    unknown: { count: 1, present: 0 },
    fullRecovery: { ms: 1000, observedMs: 5000 },
  });
  expect(trial!.gap).toEqual({ startMs: zero + 3995, endMs: zero + 5000, ms: 1005 });
  expect(trial!.beforeTps).toBeCloseTo(100, 0);
  expect(
    trial!.phases.map(({ name, startMs, endMs }) => [name, startMs - zero, endMs - zero]),
  ).toEqual([
    ["detection", 3995, 4050],
    ["decision", 4050, 4060],
    ["fencing", 4060, 4260],
    ["promotion", 4260, 4300],
    ["end of recovery", 4300, 4700],
    ["endpoint", 4700, 4710],
    ["reconnect", 4710, 4995],
    ["first commit", 4995, 5000],
    ["back to 90 %", 5000, 5000],
  ]);
  expect(rtoMs!.median).toMatchObject({ value: 1005, n: 1 });
  expect(loss.sentence).toMatchInlineSnapshot(
    `"0 of 900 acknowledged writes lost in 1 trial: with 95 % confidence fewer than 95 % of such trials lose any."`,
  );
});

test("lost acknowledgements are found, timed, and held against the COMMITs beyond the fork", () => {
  const lossy: FailoverTrialOf = {
    writes: writesAround(5000),
    table: [
      [1, 396],
      [402, 901],
    ],
    commitsAfterFork: 5,
  };
  const { trials, loss } = analyze(lossy, CLEAN);
  // Acknowledged at 3965, 3975, 3985 and 3995 ms; the write without an answer is the fifth COMMIT.
  expect(trials[0]!.loss).toMatchObject({
    is: "known",
    lostOk: 4,
    lostMs: 35,
    fork: { bytes: 1280, commits: 5, verdict: "agrees" },
  });
  expect(loss).toMatchObject({ known: 2, withLoss: 1, lost: 4, lostMax: 4, shareBelow: null });
  expect(loss.sentence).toMatchInlineSnapshot(
    `"4 of 1,800 acknowledged writes lost, in 1 of 2 trials, at most 4 in one."`,
  );
});

test("COMMITs that neither a loss nor an unanswered write explains do not agree", () => {
  const { trials } = analyze({ ...CLEAN, commitsAfterFork: 2 });
  expect(trials[0]!.loss).toMatchObject({ fork: { commits: 2, verdict: "differs" } });
});

test("what was not read back is unknown, never nothing lost", () => {
  const { loss, trials } = analyze({ ...CLEAN, table: null });
  expect(trials[0]!.loss.is).toBe("unknown");
  expect(loss).toMatchObject({ known: 0, shareBelow: null });
  expect(loss.sentence).toMatch(/not known/);
});

test("writes that never came back have no end, and count with what was seen of it", () => {
  const { neverBack, rtoMs, trials } = analyze({
    ...CLEAN,
    writes: steadyWrites(400),
    table: [[1, 400]],
  });
  expect(trials[0]!.gap).toMatchObject({ endMs: null });
  expect(trials[0]!.gap!.ms).toBeCloseTo(6005, 0);
  expect(neverBack).toBe(1);
  expect(rtoMs!.median.value).toBeCloseTo(6005, 0);
});

test("two servers that acknowledge at once are told, and for how long", () => {
  const late = steadyWrites(30, { fromMs: 5000, firstSeq: 2000, client: 1 });
  const { trials } = analyze({
    writes: [...CLEAN.writes, ...late],
    table: [...(CLEAN.table ?? [])],
  });
  expect(trials[0]!.dualAckMs).toBeGreaterThan(250);
});

test("redundancy that was not whole within the limit has no time, and says what is missing", () => {
  const { trials, redundancyMs } = analyze({ ...CLEAN, wholeAfterMs: null });
  expect(trials[0]).toMatchObject({ redundancyMs: null, redundancyBecause: "pg1 is down" });
  expect(redundancyMs).toBeNull();
});

test("over trials: median with the range, and the rule of three for what was not lost", () => {
  const trials = [4600, 5000, 5600].map((backMs) => ({
    writes: writesAround(backMs),
    table: [
      [1, 400],
      [402, 401 + (10_000 - backMs) / 10],
    ] as const,
  }));
  const { rtoMs, loss } = analyze(...trials);
  expect(rtoMs).toMatchObject({ min: 605, max: 1605, median: { value: 1005, n: 3 } });
  expect(loss.shareBelow).toBeCloseTo(1 - 0.05 ** (1 / 3), 12);
});
