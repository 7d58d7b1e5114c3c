import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { rowContention as rule } from "./row-contention.ts";

const level = (value: number) => Array.from({ length: 100 }, () => value);
const judge = (waits: Record<string, number>, more = {}) =>
  rule.judge(
    evidenceOf(
      {
        "pg-waits/sessions": Object.fromEntries(
          Object.entries(waits).map(([key, value]) => [key, level(value)]),
        ),
        ...more,
      },
      { everyMs: 100 },
    ),
  );
const crowd = { "Lock:transactionid": 14.9, "Lock:tuple": 2.1, "CPU*": 1, "IO:WALSync": 0.8 };

test("fails where a crowd queues for a few rows; pg_locks confirms it", () => {
  expect(judge(crowd)).toMatchObject({ is: "fail", confidence: "suspected" });
  const locks = { "pg-locks/waitingTransactionId": level(15), "pg-locks/waitingTuple": level(2) };
  expect(judge(crowd, locks)).toMatchObject({
    is: "fail",
    confidence: "confirmed",
    because: "17 sessions at a time wait for rows that others change, 90 % of the active time.",
  });
});

test("connections that rest all along do not hide the crowd", () => {
  expect(judge({ ...crowd, "idle:ClientRead": 500 }).is).toBe("fail");
});

test("passes at the odd collision", () => {
  expect(judge({ "Lock:tuple": 0.2, "CPU*": 0.3 }).is).toBe("pass");
  expect(judge({ "Lock:tuple": 1, "CPU*": 9 }).is).toBe("pass");
});

test("leaves one holder who idles to blocking-transaction", () => {
  const holder = {
    "pg-locks/maxWaitMs": level(5000),
    "pg-blocking/isIdleInTransaction": { "4711": level(1) },
  };
  expect(judge(crowd, holder).is).toBe("unknown");
});

test("a lock on a table is none on a row", () => {
  expect(judge({ "Lock:relation": 7, "CPU*": 0.1 }).is).toBe("pass");
});

test("is unknown where waits were not sampled", () => {
  expect(rule.judge(evidenceOf({})).is).toBe("unknown");
});
