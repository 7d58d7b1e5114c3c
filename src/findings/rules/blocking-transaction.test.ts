import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { blockingTransaction as rule } from "./blocking-transaction.ts";

const level = (value: number, from = 0, to = 100) =>
  Array.from({ length: 100 }, (_, i) => (i >= from && i < to ? value : 0));
const judge = (blocked: number, waitMs: number, xactAgeMs: number, part: [number, number]) =>
  rule.judge(
    evidenceOf(
      {
        "pg-blocking/blocked": { "4711": level(blocked, ...part) },
        "pg-blocking/longestWaitMs": { "4711": level(waitMs, ...part) },
        "pg-blocking/xactAgeMs": { "4711": level(xactAgeMs, ...part) },
        "pg-blocking/isIdleInTransaction": { "4711": level(1, ...part) },
        "pg-waits/sessions": { "Lock:relation": level(blocked, ...part), "CPU*": level(0.5) },
      },
      {
        everyMs: 100,
        labels: { "pg-blocking/4711": { query: "lock table t", state: "idle in transaction" } },
      },
    ),
  );

test("fails and names who it was, what it ran, and that its client is to blame", () => {
  const answer = judge(8, 4000, 4100, [20, 60]);
  expect(answer).toMatchObject({
    is: "fail",
    confidence: "confirmed",
    because: "Process 4711 (idle in transaction) held up to 8 sessions up for 4 s.",
  });
  expect((answer as { advice: string }).advice).toMatch(/idle_in_transaction_session_timeout/);
});

test("passes where many short transactions take turns as holders", () => {
  expect(judge(8, 1500, 30, [0, 100]).is).toBe("pass");
  expect(judge(8, 200, 300, [0, 100]).is).toBe("pass");
});

test("passes where hardly anybody was held up", () => {
  expect(judge(1, 4000, 4100, [0, 10]).is).toBe("pass");
});

test("fails where a single one is held up all along, beside connections at rest", () => {
  const held = {
    "pg-blocking/blocked": { "4711": level(1) },
    "pg-blocking/longestWaitMs": { "4711": level(9000) },
    "pg-blocking/xactAgeMs": { "4711": level(9900) },
  };
  const waits = { "Lock:transactionid": level(1), "idle:ClientRead": level(60) };
  const evidence = evidenceOf({ ...held, "pg-waits/sessions": waits }, { everyMs: 100 });
  expect(rule.judge(evidence)).toMatchObject({ is: "fail", confidence: "confirmed" });
});

test("passes where the probe saw no blocker, and is unknown without the probe", () => {
  expect(rule.judge(evidenceOf({ "pg-blocking/other": { a: [] } })).is).toBe("pass");
  expect(rule.judge(evidenceOf({})).is).toBe("unknown");
});
