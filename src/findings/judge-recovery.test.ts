import { expect, test } from "vitest";
import { analyzeRecord } from "../analysis/analyze-record.ts";
import type { FailoverTrial } from "../analysis/failover/model.ts";
import type { FailoverAnalysis } from "../stages/failover/model.ts";
import { distributionOf } from "../analysis/failover/distribution.ts";
import { lossOverTrials } from "../analysis/failover/loss-over-trials.ts";
import type { Analysis } from "../analysis/model.ts";
import { recordOf } from "../../test/support/record.ts";
import { trialOf } from "../../test/support/trial.ts";
import { judgeObjectives } from "./objectives.ts";
import { STAGE_ANALYSES } from "../stages/analyses.ts";

interface Seen {
  readonly gapMs: number;
  readonly lost?: number | null;
  readonly neverBack?: boolean;
  readonly invalid?: boolean;
}

function judge(seen: readonly Seen[], wanted: { rpo?: number; rtoMs?: number }) {
  const trials = seen.map(({ gapMs, lost = 0, neverBack = false }, i): FailoverTrial => ({
    trial: `t${i}`,
    repetition: i + 1,
    failedBecause: null,
    disturbedAtMs: 1000,
    from: "pg1",
    to: "pg2",
    gap: { startMs: 1000, endMs: neverBack ? null : 1000 + gapMs, ms: gapMs },
    clientGapMsMax: null,
    resolutionMs: 10,
    beforeTps: 100,
    fullRecovery: null,
    redundancyMs: null,
    reads: null,
    redundancyBecause: null,
    loss:
      lost === null
        ? { is: "unknown", because: "not read" }
        : {
            is: "known",
            lostOk: 0,
            lostWarned: lost,
            acknowledged: 1000,
            lostMs: 0,
            anomalies: [],
            fork: null,
          },
    dualAckMs: 0,
    unknown: null,
    phases: [],
  }));
  const failover: FailoverAnalysis = {
    stage: 0,
    kind: "failover",
    what: "kill-primary",
    title: "kill-primary under ledger",
    clients: 8,
    rateTps: 100,
    calibration: null,
    trials,
    rtoMs: distributionOf(trials.flatMap(({ gap }) => (gap?.endMs == null ? [] : [gap.ms]))),
    clientRtoMs: null,
    fullRecoveryMs: null,
    redundancyMs: null,
    readRtoMs: null,
    neverBack: seen.filter(({ neverBack }) => neverBack).length,
    loss: lossOverTrials(trials),
    phases: [],
  };
  const none = analyzeRecord(recordOf({ trials: [] }), STAGE_ANALYSES);
  const analysis: Analysis = {
    ...none,
    objectives: {
      ...none.objectives,
      rpoTransactions: wanted.rpo ?? null,
      rtoMs: wanted.rtoMs ?? null,
    },
    failovers: [failover],
    trials: seen.map(({ invalid = false }, i) => {
      const trial = trialOf();
      const validity = { is: invalid ? ("invalid" as const) : ("valid" as const), reasons: [] };
      return { ...trial, planned: { ...trial.planned, id: `t${i}` }, validity };
    }),
  };
  return judgeObjectives(analysis)[0]!;
}

const times = (n: number, seen: Seen) => Array.from({ length: n }, () => seen);

test("an RTO is met where the longest gap of three trials or more is within it", () => {
  const { verdict, found, because } = judge([{ gapMs: 900 }, { gapMs: 1200 }, { gapMs: 700 }], {
    rtoMs: 2000,
  });
  expect({ verdict, found, because }).toMatchInlineSnapshot(`
    {
      "because": "kill-primary under ledger: writes were away for up to 1.2 s, 900 ms in the median, over 3 trials; the next one takes longer than all of these once in 4 times.",
      "found": "1.2 s at most (kill-primary under ledger)",
      "verdict": "pass",
    }
  `);
  expect(judge(times(2, { gapMs: 900 }), { rtoMs: 2000 }).verdict).toBe("unknown");
});

test("one trial beyond it fails it, unless something else held the machine back", () => {
  const slow = { gapMs: 3000 };
  expect(judge([...times(4, { gapMs: 900 }), slow], { rtoMs: 2000 }).verdict).toBe("fail");
  expect(
    judge([...times(4, { gapMs: 900 }), { ...slow, invalid: true }], { rtoMs: 2000 }).verdict,
  ).toBe("unknown");
});

test("writes that never came back within the load leave it open, or fail it where it was too long", () => {
  const never = { gapMs: 1500, neverBack: true };
  expect(judge([...times(3, { gapMs: 900 }), never], { rtoMs: 2000 }).verdict).toBe("unknown");
  expect(judge([...times(3, { gapMs: 900 }), never], { rtoMs: 1000 })).toMatchObject({
    verdict: "fail",
    found: "more than 1.5 s (kill-primary under ledger)",
  });
});

test("an RPO fails with any trial that lost more, also what was acknowledged with a warning", () => {
  const seen = [...times(4, { gapMs: 900 }), { gapMs: 900, lost: 3 }];
  expect(judge(seen, { rpo: 0 })).toMatchObject({ verdict: "fail" });
  expect(judge(seen, { rpo: 3 })).toMatchObject({ verdict: "pass" });
});

test("an RPO that is met says what remains possible, and is unknown where a trial was not read back", () => {
  const { verdict, because } = judge(times(10, { gapMs: 900 }), { rpo: 0 });
  expect({ verdict, because }).toMatchInlineSnapshot(`
    {
      "because": "kill-primary under ledger: 0 of 10,000 acknowledged writes lost in 10 trials: with 95 % confidence fewer than 25.9 % of such trials lose any.",
      "verdict": "pass",
    }
  `);
  expect(judge([...times(9, { gapMs: 1 }), { gapMs: 1, lost: null }], { rpo: 0 }).verdict).toBe(
    "unknown",
  );
  expect(judge(times(3, { gapMs: 1, lost: null }), { rpo: 0 })).toMatchObject({
    verdict: "unknown",
    found: null,
  });
});
