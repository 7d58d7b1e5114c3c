import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { commitLatency as rule } from "./commit-latency.ts";

const level = (value: number, samples = 100) => Array.from({ length: samples }, () => value);
/** Ten seconds of `syncing` sessions at a time and `syncs` per second. */
const judge = (syncing: number, syncs: number, others: Record<string, number[]> = {}, more = {}) =>
  rule.judge(
    evidenceOf(
      {
        "pg-waits/sessions": { "IO:WalSync": level(syncing), "CPU*": level(0.3), ...others },
        "pg-wal/walSyncs": level(0).map((_, i) => (i * syncs) / 10),
        ...more,
      },
      { everyMs: 100 },
    ),
  );

test("fails where slow syncs take the time of the transactions, timed by the waits alone", () => {
  expect(judge(0.6, 200)).toMatchObject({
    is: "fail",
    confidence: "confirmed",
    because:
      "67 % of the active time is spent on making commits durable; one sync of the WAL takes 3 ms.",
  });
});

test("passes where a sync is quick, however often it is waited for", () => {
  expect(judge(0.6, 1500)).toMatchObject({
    is: "pass",
    because: "Commits are 67 % of the active time, but a sync takes only 0.4 ms.",
  });
});

test("passes where there is room: a load that is hardly at work is not held back", () => {
  expect(judge(0.1, 20, { "CPU*": level(0.1) }).is).toBe("pass");
});

test("looks through the spare connections of a pool, but not at clients that pause", () => {
  expect(judge(0.6, 200, { "idle:ClientRead": level(60) }).is).toBe("fail");
  const pausing = level(0).map((_, i) => (i % 5 === 0 ? 0 : 3));
  expect(judge(0.6, 200, { "idle:ClientRead": pausing }).is).toBe("unknown");
});

test("leaves a device that is busy all the time to wal-device-limited", () => {
  expect(judge(1, 50, { "LWLock:WALWrite": level(6) }).is).toBe("pass");
});

test("is unknown where a full CPU prolongs the waits", () => {
  const host = {
    "host-cpu/busyMs": level(0).map((_, i) => i * 200),
    "postgres-processes/cpuMs": { all: level(0).map((_, i) => i * 150) },
  };
  expect(judge(0.6, 200, {}, host)).toMatchObject({ is: "unknown" });
});

test("is unknown, never a pass, where too little was seen", () => {
  expect(rule.judge(evidenceOf({})).is).toBe("unknown");
  expect(judge(0.6, 0).is).toBe("unknown");
});
