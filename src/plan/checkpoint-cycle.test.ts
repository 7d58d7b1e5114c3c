import { expect, test } from "vitest";
import { estimateCheckpointCycleMs } from "./checkpoint-cycle.ts";

const settings = { checkpointTimeoutMs: 300_000, maxWalBytes: 1024 ** 3 };

test("the clock sets the cycle while little WAL is written, or where it is not known how much", () => {
  expect(estimateCheckpointCycleMs({ ...settings, walBytesPerS: null })).toBe(300_000);
  expect(estimateCheckpointCycleMs({ ...settings, walBytesPerS: 1000 })).toBe(300_000);
});

test("WAL sets the cycle once it fills the distance sooner: max_wal_size 1 GB is about 540 MB", () => {
  const cycleMs = estimateCheckpointCycleMs({ ...settings, walBytesPerS: 10 * 1024 ** 2 });
  expect(cycleMs).toBeCloseTo(53_895, 0);
});
