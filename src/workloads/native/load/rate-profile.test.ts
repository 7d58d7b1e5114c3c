import { expect, test } from "vitest";
import { Arrivals } from "./arrivals.ts";
import { expectUntil, findExpected, type RateProfile } from "./rate-profile.ts";

const steps: RateProfile = {
  kind: "pieces",
  pieces: [
    { durationMs: 10_000, fromTps: 500, toTps: 500 },
    { durationMs: 20_000, fromTps: 500, toTps: 2000 },
    { durationMs: 5000, fromTps: 0, toTps: 0 },
    { durationMs: 10_000, fromTps: 100, toTps: 0 },
    { durationMs: 1000, fromTps: 800, toTps: 800 },
  ],
};
const day: RateProfile = { kind: "day", lowTps: 200, highTps: 2000, periodMs: 60_000 };
const nightly: RateProfile = { kind: "day", lowTps: 0, highTps: 300, periodMs: 10_000 };

/** Due times below `untilMs`, all parts of the schedule together. */
function listDue(
  rateTps: number | RateProfile,
  arrivals: "poisson" | "uniform",
  untilMs: number,
  { seed = 7n, parts = 1 } = {},
): number[] {
  const due: number[] = [];
  for (let part = 0; part < parts; part++) {
    const phase = part / parts;
    const about = { startMs: 0, rateTps, share: 1 / parts, arrivals, phase };
    const schedule = new Arrivals({ ...about, seed: seed + BigInt(part) });
    while (schedule.peek() < untilMs) due.push(schedule.take());
  }
  return due.sort((a, b) => a - b);
}

const countBetween = (due: readonly number[], fromMs: number, toMs: number): number =>
  due.filter((ms) => ms >= fromMs && ms < toMs).length;

test("expects the area under steps, ramps and pauses, and the last rate for ever after", () => {
  expect(
    [0, 10_000, 20_000, 30_000, 35_000, 45_000, 46_000, 50_000].map((ms) => expectUntil(steps, ms)),
  ).toEqual([0, 5000, 13_750, 30_000, 30_000, 30_500, 31_300, 34_500]);
});

test("expects the mean of low and high in a whole day, and the low's end of it at first", () => {
  expect(expectUntil(day, 60_000)).toBeCloseTo(66_000, 6);
  expect(expectUntil(day, 30_000)).toBeCloseTo(33_000, 6);
  expect(expectUntil(day, 100)).toBeCloseTo(20, 1);
  expect(expectUntil(day, 30_100) - expectUntil(day, 30_000)).toBeCloseTo(200, 1);
});

test.each([
  ["steps", steps, 50_000],
  ["a day", day, 150_000],
  ["a day that sleeps", nightly, 35_000],
])("finds the instant by which so many are due in %s", (_, profile, endMs) => {
  for (let i = 1; i < 500; i++) {
    const count = (expectUntil(profile, endMs) * i) / 500;
    expect(expectUntil(profile, findExpected(profile, count))).toBeCloseTo(count, 4);
  }
});

test("never comes to what a profile that ends in silence does not hold", () => {
  const silent: RateProfile = {
    kind: "pieces",
    pieces: [{ durationMs: 1000, fromTps: 10, toTps: 0 }],
  };
  expect(findExpected(silent, 5.1)).toBe(Infinity);
  expect(listDue(silent, "uniform", 1e9)).toHaveLength(5);
});

test("a uniform schedule holds each second's share of the profile to one transaction", () => {
  for (const parts of [1, 3]) {
    const due = listDue(steps, "uniform", 46_000, { parts });
    for (let second = 0; second < 46; second++) {
      const [fromMs, toMs] = [second * 1000, (second + 1) * 1000];
      const wanted = expectUntil(steps, toMs) - expectUntil(steps, fromMs);
      expect(Math.abs(countBetween(due, fromMs, toMs) - wanted)).toBeLessThanOrEqual(parts);
    }
  }
});

test.each([
  ["steps", steps, 46],
  ["a day", day, 60],
])("Poisson counts per second scatter about %s as their mean does", (_, profile, seconds) => {
  // Over 40 seeds the standardised counts must have mean 0 and variance 1.
  const scores: number[] = [];
  for (let seed = 1n; seed <= 40n; seed++) {
    const due = listDue(profile, "poisson", seconds * 1000, { seed: seed * 1000n, parts: 2 });
    for (let second = 0; second < seconds; second++) {
      const [fromMs, toMs] = [second * 1000, (second + 1) * 1000];
      const wanted = expectUntil(profile, toMs) - expectUntil(profile, fromMs);
      const found = countBetween(due, fromMs, toMs);
      if (wanted === 0) expect(found).toBe(0);
      else scores.push((found - wanted) / Math.sqrt(wanted));
    }
  }
  const mean = scores.reduce((sum, x) => sum + x, 0) / scores.length;
  const variance = scores.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (scores.length - 1);
  // Four deviations of the mean and of the variance of as many independent draws.
  expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(scores.length));
  expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / scores.length));
});

test("a constant rate draws the same schedule as a profile of that rate", () => {
  const flat: RateProfile = {
    kind: "pieces",
    pieces: [{ durationMs: 1000, fromTps: 250, toTps: 250 }],
  };
  const [constant, bent] = [250, flat].map((rate) => listDue(rate, "poisson", 20_000));
  expect(bent).toHaveLength(constant!.length);
  bent!.forEach((ms, i) => expect(ms).toBeCloseTo(constant![i]!, 6));
});

test("Poisson gaps of a constant rate have its mean and deviation", () => {
  const due = listDue(1000, "poisson", 100_000);
  const gaps = due.slice(1).map((ms, i) => ms - due[i]!);
  const mean = gaps.reduce((sum, x) => sum + x, 0) / gaps.length;
  const deviation = Math.sqrt(gaps.reduce((sum, x) => sum + (x - mean) ** 2, 0) / gaps.length);
  expect(Math.abs(mean - 1)).toBeLessThan(0.02);
  expect(Math.abs(deviation - 1)).toBeLessThan(0.02);
});
