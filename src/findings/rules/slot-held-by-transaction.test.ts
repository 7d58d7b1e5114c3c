import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { slotHeldByTransaction as rule } from "./slot-held-by-transaction.ts";

const MB = 1024 ** 2;
const seconds = Array.from({ length: 8 }, (_, i) => i);

interface Given {
  readonly keptMb: number;
  readonly confirmedMb?: number;
  readonly xactAgeS: number;
  readonly grownMbPerS?: number;
  readonly type?: "logical" | "physical";
}

const judge = (given: Given) => {
  const { keptMb, confirmedMb = 5, xactAgeS, grownMbPerS = 2, type = "logical" } = given;
  return rule.judge(
    evidenceOf(
      {
        "pg-slots/retainedBytes": { one: seconds.map((s) => (keptMb + grownMbPerS * s) * MB) },
        "pg-slots/confirmedLagBytes": { one: seconds.map(() => confirmedMb * MB) },
        "pg-slots/walStatus": {},
        "pg-slots/isActive": { one: seconds.map(() => 1) },
        "pg-wal/lsnBytes": seconds.map((s) => s * 2 * MB),
        "pg-activity/oldestWritingXactAgeMs": seconds.map((s) => (xactAgeS + s) * 1000),
      },
      { labels: { "pg-slots/one": { type } } },
    ),
  );
};

test("fails where the reader keeps up and an open transaction holds the slot's start", () => {
  expect(judge({ keptMb: 181, xactAgeS: 53 })).toMatchObject({
    is: "fail",
    confidence: "confirmed",
    because:
      "Slot one keeps 190 MB of WAL that its reader has confirmed: a transaction that has written has been open for 1 min, and decoding would have to start before it.",
  });
  expect(judge({ keptMb: 181, xactAgeS: 53, grownMbPerS: 0 })).toMatchObject({
    confidence: "suspected",
  });
});

test("passes where the reader is what is behind, or the transaction is young", () => {
  expect(judge({ keptMb: 181, confirmedMb: 180, xactAgeS: 60 }).is).toBe("pass");
  expect(judge({ keptMb: 181, xactAgeS: 2 }).is).toBe("pass");
});

test("passes for a little, and for a physical slot", () => {
  expect(judge({ keptMb: 20, xactAgeS: 60 }).is).toBe("pass");
  expect(judge({ keptMb: 181, xactAgeS: 60, type: "physical" }).is).toBe("pass");
});

test("is unknown where slots or transactions were not read", () => {
  expect(rule.judge(evidenceOf({})).is).toBe("unknown");
  const slots = {
    "pg-slots/retainedBytes": { one: [181 * MB, 190 * MB] },
    "pg-slots/isActive": { one: [1, 1] },
  };
  const labels = { "pg-slots/one": { type: "logical" } };
  expect(rule.judge(evidenceOf(slots, { labels })).is).toBe("unknown");
});
