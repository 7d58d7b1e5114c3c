import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { slotLost as rule } from "./slot-lost.ts";

const judge = (walStatus: number[], settings = {}) =>
  rule.judge(
    evidenceOf(
      {
        "pg-slots/retainedBytes": {},
        "pg-slots/isActive": {},
        "pg-slots/walStatus": { one: walStatus },
      },
      { settings },
    ),
  );

test("fails where the server says that the slot is lost", () => {
  expect(judge([1, 2, 3], { max_slot_wal_keep_size: "64" })).toMatchObject({
    is: "fail",
    confidence: "confirmed",
    because: "Slot one lost WAL that was still needed.",
  });
});

test("passes while it only may be lost", () => {
  expect(judge([1, 2, 2]).is).toBe("pass");
});
