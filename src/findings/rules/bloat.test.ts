import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { trialOf } from "../../../test/support/trial.ts";
import { bloat as rule } from "./bloat.ts";

const judge = (dead: number[], xactAgeMs: number, steady: "steady" | "drifting-down" = "steady") =>
  rule.judge(
    evidenceOf(
      {
        "pg-tables/deadRows": { "public.t": dead },
        "pg-tables/liveRows": { "public.t": dead.map(() => 1000) },
        "pg-activity/oldestXactAgeMs": dead.map(() => xactAgeMs),
      },
      { everyMs: 5000, trial: trialOf({ steady: { is: steady, because: "" } }) },
    ),
  );

test("fails where an old snapshot keeps dead rows; a falling throughput confirms it", () => {
  expect(judge([100, 3000], 20_000)).toMatchObject({
    is: "fail",
    confidence: "suspected",
    because:
      "public.t has 3,000 dead rows, 300 % of its live ones; a transaction is open for 20 s.",
  });
  expect(judge([100, 3000], 20_000, "drifting-down")).toMatchObject({ confidence: "confirmed" });
});

test("fails where no session, but a forgotten prepared transaction holds the snapshot", () => {
  const judgeAge = (ages: number[]) =>
    rule.judge(
      evidenceOf({
        "pg-tables/deadRows": { "public.t": [100, 3000] },
        "pg-tables/liveRows": { "public.t": [1000, 1000] },
        "pg-activity/oldestXminAge": ages,
      }),
    );
  expect(judgeAge([5000, 7900])).toMatchObject({ is: "fail", confidence: "suspected" });
  // It came to an end meanwhile: nothing holds them now.
  expect(judgeAge([5000, 3]).is).toBe("unknown");
});

test("fails where autovacuum is switched off and rows pile up", () => {
  const judgeWith = (autovacuum: string) =>
    rule.judge(
      evidenceOf(
        {
          "pg-tables/deadRows": { "public.t": [100, 3000] },
          "pg-tables/liveRows": { "public.t": [1000, 1000] },
        },
        { settings: { autovacuum } },
      ),
    );
  expect(judgeWith("off")).toMatchObject({
    is: "fail",
    because: "public.t has 3,000 dead rows, 300 % of its live ones; `autovacuum` is off.",
  });
  expect(judgeWith("on").is).toBe("unknown");
});

test("does not blame a batch that changed many rows, nor a transaction that idles without a snapshot", () => {
  const judgeXact = (xactAgeMs: number[], xminAge: number[]) =>
    rule.judge(
      evidenceOf({
        "pg-tables/deadRows": { "public.t": [100, 3000] },
        "pg-tables/liveRows": { "public.t": [1000, 1000] },
        "pg-activity/oldestXactAgeMs": xactAgeMs,
        "pg-activity/oldestXminAge": xminAge,
      }),
    ).is;
  expect(judgeXact([9000, 0], [1, 0])).toBe("unknown");
  expect(judgeXact([9000, 14_000], [2, 3])).toBe("unknown");
  expect(judgeXact([9000, 14_000], [700, 1900])).toBe("fail");
});

test("passes where vacuum keeps up", () => {
  expect(judge([3000, 1200], 20).is).toBe("pass");
  expect(judge([0, 300], 20_000).is).toBe("pass");
});

test("is unknown where rows pile up but nothing shows that it matters", () => {
  expect(judge([100, 3000], 20).is).toBe("unknown");
});

test("is unknown with one sample", () => {
  expect(judge([3000], 20_000).is).toBe("unknown");
  expect(rule.judge(evidenceOf({})).is).toBe("unknown");
});
