import { expect, test } from "vitest";
import type { AcknowledgedLine } from "../../../analysis/failover/acknowledged-line.ts";
import { blockedMs } from "./blocked-time.ts";

/** A write each 10 ms, but for the stretches that are cut out. */
function lineWithout(...gaps: (readonly [number, number])[]): AcknowledgedLine {
  const all = Array.from({ length: 1000 }, (_, i) => i * 10);
  const kept = all.filter((ms) => !gaps.some(([from, to]) => ms > from && ms < to));
  return {
    atMs: Float64Array.from(kept),
    sentMs: new Float64Array(),
    server: new Int16Array(),
    endMs: 10_000,
    grainMs: 0,
  };
}
const AROUND = { steadyFromMs: 1000, faultMs: 4000 };

test("every stretch after the fault that no undisturbed load shows counts", () => {
  expect(blockedMs(lineWithout([4000, 4500], [6000, 7000]), AROUND)).toBe(1500);
});

test("nothing counts that came before the fault, or that the undisturbed load shows as well", () => {
  expect(blockedMs(lineWithout([2000, 2300], [5000, 5800]), AROUND)).toBe(0);
  expect(blockedMs(lineWithout([2000, 2300], [5000, 6000]), AROUND)).toBe(1000);
});

test("writes that never came back are blocked until the load ends", () => {
  expect(blockedMs(lineWithout([4000, 11_000]), AROUND)).toBe(6000);
});
