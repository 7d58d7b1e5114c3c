import { expect, test } from "vitest";
import { concludeChange } from "./conclude-change.ts";

const before = { finding: { verdict: "fail", because: "3 segments wait." }, tps: 1000 } as const;
const after = (verdict: "pass" | "fail" | "unknown", tps: number | null) =>
  concludeChange(before, { finding: { verdict, because: "2 segments wait." }, tps });

test("a finding that is gone under the same load was right", () => {
  expect(after("pass", 900)).toEqual({
    is: "confirmed",
    because: "It is gone, as predicted: 2 segments wait.",
  });
  expect(after("pass", 5000).is).toBe("confirmed");
  expect(after("pass", null).is).toBe("confirmed");
});

test("one that is still there was wrong, whatever the load", () => {
  for (const tps of [10, 1000]) expect(after("fail", tps).is).toBe("refuted");
});

test("without the load, or without an answer, nothing is decided", () => {
  expect(after("pass", 400).is).toBe("undecided");
  expect(after("pass", 400).because).toContain("400 transactions per second after 1,000");
  expect(after("unknown", 1000).is).toBe("undecided");
});
