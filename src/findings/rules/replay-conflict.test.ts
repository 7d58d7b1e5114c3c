import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { replayConflict as rule } from "./replay-conflict.ts";

const samples = Array.from({ length: 12 }, (_, i) => i);
const all = (value: number) => samples.map(() => value);
const judge = (event: string, cancelled: number[]) =>
  rule.judge(
    evidenceOf(
      {
        "pg-recovery/isInRecovery@pg2": all(1),
        "pg-recovery/conflictSnapshot@pg2": cancelled,
        "pg-recovery/receiveLsnBytes@pg2": samples.map((i) => 1e8 + i * 4e6),
        "pg-recovery/replayLsnBytes@pg2": all(1e8),
        "pg-waits/sessions@pg2": { [`startup/${event}`]: all(1) },
      },
      { instances: ["pg1", "pg2"] },
    ),
  );

test.each(["IPC:RecoveryConflictSnapshot", "Lock:relation", "BufferPin:BufferPin"])(
  "fails where replay waits in %s",
  (event) => {
    expect(judge(event, all(3))).toMatchObject({ is: "fail", confidence: "confirmed" });
  },
);

test("fails where queries were cancelled for it", () => {
  expect(judge("Activity:RecoveryWalStream", samples)).toMatchObject({
    is: "fail",
    confidence: "suspected",
  });
});

test("passes where it only had work, or was paused", () => {
  expect(judge("CPU*", all(3)).is).toBe("pass");
  expect(judge("IPC:RecoveryPause", all(3)).is).toBe("pass");
});
