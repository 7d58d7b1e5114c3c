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
    because: "Process 4711 (idle in transaction) held up to 8 sessions up for 4.05 s.",
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

/** Read once a second, as blockers are, beside waits that are read ten times as often. */
const seldom = (values: (i: number) => number) =>
  Array.from({ length: 100 }, (_, i) => (i % 10 === 0 ? values(i) : null));
const during = (i: number, value: number) => (i > 20 && i < 60 ? value : 0);
const lock = {
  "pg-blocking/blocked": { "4711": seldom((i) => during(i, 8)) },
  "pg-blocking/longestWaitMs": { "4711": seldom((i) => during(i, (i - 21) * 100)) },
  "pg-blocking/xactAgeMs": { "4711": seldom((i) => during(i, (i - 20) * 100)) },
};

test("tells the length of a lock that was let go between two readings, and who waited meanwhile", () => {
  const waits = {
    "Lock:relation": level(8, 21, 59),
    "Lock:transactionid": level(1),
    "CPU*": level(0.5),
  };
  const evidence = evidenceOf({ ...lock, "pg-waits/sessions": waits }, { everyMs: 100 });
  const answer = rule.judge(evidence);
  const figure = (name: string) => answer.evidence.find((item) => item.name === name);
  expect(answer.is).toBe("fail");
  // Readings are at 3 s, 4 s and 5 s; the last shows a wait of 2.9 s.
  expect(figure("longest wait for it")).toMatchObject({ value: 3750, how: "timed" });
  expect(figure("longest wait for it")?.isAtLeast).toBeUndefined();
  expect(figure("length of its transaction")).toMatchObject({ value: 3850 });
  expect(figure("sessions that wait for locks meanwhile")).toMatchObject({
    value: 9,
    within: { startMs: 2100, endMs: 5850 },
  });
});

test("is a bound where the lock is held to the end, or where waits were not sampled", () => {
  const heldToTheEnd = evidenceOf(
    {
      "pg-blocking/blocked": { "4711": level(8) },
      "pg-blocking/longestWaitMs": { "4711": level(9000) },
      "pg-waits/sessions": { "Lock:relation": level(8) },
    },
    { everyMs: 100 },
  );
  for (const evidence of [evidenceOf(lock, { everyMs: 100 }), heldToTheEnd]) {
    const wait = rule.judge(evidence).evidence.find(({ name }) => name === "longest wait for it");
    expect(wait).toMatchObject({ how: "timed", isAtLeast: true });
  }
});

test("names the strong lock in the queue, and those that wait only for it", () => {
  const evidence = evidenceOf(
    {
      "pg-blocking/blocked": { "1": level(10), "2": level(9) },
      "pg-blocking/longestWaitMs": { "1": level(9000), "2": level(8000) },
      "pg-blocking/xactAgeMs": { "1": level(9900), "2": level(9000) },
      "pg-blocking/waitsForPid": { "2": level(1) },
      "pg-waits/sessions": { "Lock:relation": level(10) },
    },
    { labels: { "pg-blocking/2": { query: "alter table t add column w int" } } },
  );
  const answer = rule.judge(evidence);
  expect(answer).toMatchObject({
    is: "fail",
    because:
      "Process 1 (state not known) held up to 10 sessions up for 9 s or longer; 9 of them wait only " +
      "since process 2 (`alter table t add column w int`), which waits for it, is ahead of them.",
  });
  expect((answer as { advice: string }).advice).toMatch(/lock_timeout/);
});
