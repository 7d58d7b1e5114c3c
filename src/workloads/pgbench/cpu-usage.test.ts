import { expect, test } from "vitest";
import { followCpu, readProcessCpuMs } from "./cpu-usage.ts";

test("gives the cores of each second from looks that fall anywhere", () => {
  let cpuMs: number | null = 0;
  const usage = followCpu(1000, () => cpuMs);
  for (let atMs = 1300; atMs <= 4300; atMs += 300) {
    cpuMs = (atMs - 1000) * 0.5 + Math.max(0, atMs - 2500) * 0.25;
    usage.sample(atMs);
  }
  expect(usage.coresBetween(1000, 2000)).toBeCloseTo(0.5);
  expect(usage.coresBetween(2500, 3500)).toBeCloseTo(0.75);
  expect(usage.coresBetween(4000, 4300)).toBeCloseTo(0.75);
});

test("is null, never 0, where nobody could look", () => {
  const usage = followCpu(0, () => null);
  usage.sample(500);
  usage.sample(1500);
  expect(usage.coresBetween(0, 1000)).toBeNull();
  expect(usage.totalMs()).toBeNull();
  expect(readProcessCpuMs(-1)).toBeNull();
});

test("does not guess beyond the last look", () => {
  const usage = followCpu(0, () => 100);
  usage.sample(500);
  expect(usage.coresBetween(0, 1000)).toBeNull();
  expect(usage.totalMs()).toBe(100);
});
