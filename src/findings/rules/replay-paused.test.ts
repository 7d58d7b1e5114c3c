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

test("is unknown where only the primary was read", () => {
  const primary = evidenceOf({
    "pg-replication/isStreaming": { "standby/1": all(1) },
    "pg-recovery/isInRecovery": all(0),
  });
  expect(rule.judge(primary).is).toBe("unknown");
});
