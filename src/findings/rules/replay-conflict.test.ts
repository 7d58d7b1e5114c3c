import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { replayConflict as rule } from "./replay-conflict.ts";

const samples = Array.from({ length: 12 }, (_, i) => i);
const all = (value: number) => samples.map(() => value);
const judge = (event: string, cancelled: number[], more = {}) =>
  rule.judge(
    evidenceOf(
      {
        "pg-recovery/isInRecovery@pg2": all(1),
        "pg-recovery/conflictSnapshot@pg2": cancelled,
        "pg-recovery/receiveLsnBytes@pg2": samples.map((i) => 1e8 + i * 4e6),
        "pg-recovery/replayLsnBytes@pg2": all(1e8),
        "pg-waits/sessions@pg2": { [`startup/${event}`]: all(1) },
        ...more,
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

test("queries that replay cancelled are told, and explain nothing that is slow", () => {
  expect(judge("Activity:RecoveryWalStream", samples)).toMatchObject({
    is: "fail",
    kind: "aside",
    confidence: "suspected",
    because: "Replay on pg2 cancelled 11 queries. It hardly waits for queries itself.",
  });
});

test("queries of the observer's own are no finding", () => {
  const withOwn = (own: number[]) => judge("CPU*", samples, { "sampler-conflicts/ended@pg2": own });
  expect(withOwn(Array.from({ length: 11 }, () => 1)).is).toBe("pass");
  expect(withOwn([1, 1, 1])).toMatchObject({
    is: "fail",
    because: "Replay on pg2 cancelled 8 queries. It hardly waits for queries itself.",
  });
});

test("passes where it only had work, or was paused", () => {
  expect(judge("CPU*", all(3)).is).toBe("pass");
  expect(judge("IPC:RecoveryPause", all(3)).is).toBe("pass");
});
