import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { replayBound as rule } from "./replay-bound.ts";

const MB = 1024 ** 2;
const samples = Array.from({ length: 15 }, (_, i) => i);
const all = (value: number) => samples.map(() => value);

/** WAL and replay in MB/s, and what the replaying process does. */
const judge = (written: number, replayed: number, event: string, more = {}) =>
  rule.judge(
    evidenceOf(
      {
        "pg-wal/walBytes": samples.map((s) => s * written * MB),
        "pg-recovery/isInRecovery@pg2": all(1),
        "pg-recovery/receiveLsnBytes@pg2": samples.map((s) => (100 + s * written) * MB),
        "pg-recovery/replayLsnBytes@pg2": samples.map((s) => (90 + s * replayed) * MB),
        "pg-waits/sessions@pg2": { [`startup/${event}`]: all(1) },
        ...more,
      },
      { instances: ["pg1", "pg2"] },
    ),
  );

test("fails where replay has work all the time and falls behind", () => {
  expect(judge(4, 1, "CPU*")).toMatchObject({ is: "fail", confidence: "confirmed" });
});

test("passes where it keeps up, paused, delayed or waiting replay are other matters", () => {
  const keepsUp = {
    "pg-recovery/replayLsnBytes@pg2": samples.map((s) => (100 + s * 4) * MB),
  };
  expect(judge(4, 4, "Activity:RecoveryWalStream", keepsUp).is).toBe("pass");
  expect(judge(4, 0, "IPC:RecoveryPause", { "pg-recovery/pauseState@pg2": all(2) }).is).toBe(
    "pass",
  );
  expect(judge(4, 1, "Timeout:RecoveryApplyDelay").is).toBe("pass");
  expect(judge(4, 0, "IPC:RecoveryConflictSnapshot").is).toBe("pass");
});

test("is unknown where replay idles all the same", () => {
  expect(judge(4, 1, "Activity:RecoveryWalStream").is).toBe("unknown");
});

test("suspects from the primary alone", () => {
  const evidence = evidenceOf({
    "pg-wal/walBytes": samples.map((s) => s * 4 * MB),
    "pg-wal/lsnBytes": samples.map((s) => (100 + s * 4) * MB),
    "pg-replication/isStreaming": { "standby/1": all(1) },
    "pg-replication/replayLagBytes": { "standby/1": samples.map((s) => (10 + 3 * s) * MB) },
  });
  expect(rule.judge(evidence)).toMatchObject({ is: "fail", confidence: "suspected" });
});

test("is unknown from the primary alone where the distance stays: it may be delayed on purpose", () => {
  const evidence = evidenceOf({
    "pg-wal/walBytes": samples.map((s) => s * 4 * MB),
    "pg-wal/lsnBytes": samples.map((s) => (100 + s * 4) * MB),
    "pg-replication/isStreaming": { "standby/1": all(1) },
    "pg-replication/replayLagBytes": { "standby/1": all(16 * MB) },
  });
  expect(rule.judge(evidence).is).toBe("unknown");
});

test("fails where replay is kept from a CPU, although it is seen to rest", () => {
  const starved = {
    "cgroup/periods@pg2": { "postgres/startup": samples.map((s) => s * 10) },
    "cgroup/throttledPeriods@pg2": { "postgres/startup": samples.map((s) => s * 9) },
  };
  expect(judge(4, 1, "Activity:RecoveryWalStream", starved)).toMatchObject({
    is: "fail",
    confidence: "confirmed",
    because: expect.stringContaining("kept from a CPU 90 % of the time") as string,
  });
});

test("replay that waits for queries for less time than it works is bound by its work", () => {
  const mixed = {
    "pg-waits/sessions@pg2": {
      "startup/CPU*": samples.map((s) => (s % 4 === 0 ? 0 : 1)),
      "startup/IPC:RecoveryConflictSnapshot": samples.map((s) => (s % 4 === 0 ? 1 : 0)),
    },
  };
  expect(judge(4, 1, "CPU*", mixed).is).toBe("fail");
});
