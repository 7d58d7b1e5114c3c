import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { replayPaused as rule } from "./replay-paused.ts";

const samples = Array.from({ length: 12 }, (_, i) => i);
const all = (value: number) => samples.map(() => value);
const judge = (pauseState: number[], event: string) =>
  rule.judge(
    evidenceOf(
      {
        "pg-recovery/isInRecovery@pg2": all(1),
        "pg-recovery/pauseState@pg2": pauseState,
        "pg-waits/sessions@pg2": { [`startup/${event}`]: all(1) },
      },
      { instances: ["pg1", "pg2"] },
    ),
  );

test("fails where the standby says so, and is sure where its process is seen to wait", () => {
  expect(judge(all(2), "IPC:RecoveryPause")).toMatchObject({ is: "fail", confidence: "confirmed" });
  expect(judge(all(2), "Activity:RecoveryWalStream")).toMatchObject({ confidence: "suspected" });
});

test("passes where it went on, or was never paused", () => {
  expect(
    judge(
      samples.map((i) => (i < 8 ? 2 : 0)),
      "CPU*",
    ).is,
  ).toBe("pass");
  expect(judge(all(0), "CPU*").is).toBe("pass");
});

test("suspects a pause where only the primary was read, and sees nothing replayed of what comes in", () => {
  const mb = 1024 ** 2;
  const seenBy = (replayedMbPerS: number) =>
    rule.judge(
      evidenceOf({
        "pg-replication/isStreaming": { "standby/1": all(1) },
        "pg-replication/replayLagBytes": {
          "standby/1": samples.map((i) => (10 + i * (3 - replayedMbPerS)) * mb),
        },
        "pg-replication/flushLagBytes": { "standby/1": all(0) },
        "pg-recovery/isInRecovery": all(0),
        "pg-wal/lsnBytes": samples.map((i) => (100 + i * 3) * mb),
        "pg-wal/walBytes": samples.map((i) => i * 3 * mb),
      }),
    );
  expect(seenBy(0)).toMatchObject({ is: "fail", confidence: "suspected" });
  // Slow is another matter.
  expect(seenBy(1).is).toBe("unknown");
});

test("is unknown where only the primary was read", () => {
  const primary = evidenceOf({
    "pg-replication/isStreaming": { "standby/1": all(1) },
    "pg-recovery/isInRecovery": all(0),
  });
  expect(rule.judge(primary).is).toBe("unknown");
});
