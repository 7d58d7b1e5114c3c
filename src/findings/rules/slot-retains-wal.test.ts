import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { slotRetainsWal as rule } from "./slot-retains-wal.ts";

const MB = 1024 ** 2;
const seconds = Array.from({ length: 8 }, (_, i) => i);
const judge = (keptMb: (s: number) => number, isActive: number, more = {}) =>
  rule.judge(
    evidenceOf({
      "pg-slots/retainedBytes": { one: seconds.map((s) => keptMb(s) * MB) },
      "pg-slots/walStatus": {},
      "pg-slots/isActive": isActive === 0 ? {} : { one: seconds.map(() => isActive) },
      "pg-wal/walBytes": seconds.map((s) => s * 3 * MB),
      ...more,
    }),
  );

test("fails where nobody reads a slot and what it keeps grows", () => {
  expect(judge((s) => 5 + 3 * s, 0)).toMatchObject({
    is: "fail",
    confidence: "confirmed",
    because: "Slot one keeps 26 MB of WAL, 21 MB more than at the start; nobody reads it.",
  });
});

test("passes for a slot that is read, however much is written", () => {
  expect(judge(() => 0.2, 1).is).toBe("pass");
  expect(judge((s) => (s % 3) * 20, 1).is).toBe("pass");
});

test("passes for a slot that was made a moment ago", () => {
  expect(judge((s) => s * 0.5, 0).is).toBe("pass");
});

test("fails where a reader falls further and further behind", () => {
  expect(judge((s) => 60 + 10 * s, 1)).toMatchObject({ is: "fail", confidence: "suspected" });
});

test("fails past the limit, whatever it keeps", () => {
  const past = { "pg-slots/walStatus": { one: seconds.map(() => 2) } };
  expect(judge(() => 1, 1, past)).toMatchObject({ is: "fail", confidence: "confirmed" });
});

test("passes without slots", () => {
  const none = { "pg-slots/retainedBytes": {}, "pg-slots/isActive": {} };
  expect(rule.judge(evidenceOf({ ...none, "pg-slots/walStatus": {} })).is).toBe("pass");
});
