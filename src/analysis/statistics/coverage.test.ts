/** What the intervals and verdicts promise, held against simulations with a known truth. */
import { expect, test } from "vitest";
import { noisy, normalsFrom } from "../../../test/reference/noise.ts";
import { randomFrom } from "../../lib/random.ts";
import { batchMeans } from "./batch-means.ts";
import { meanInterval } from "./confidence-interval.ts";
import { judgeFamily } from "./family.ts";
import { type PairedRatio, pairedRatio } from "./paired-ratio.ts";
import { quantileInterval } from "./quantile-interval.ts";
import { theilSenOfSeries } from "./theil-sen.ts";
import { fitLadder } from "./usl.ts";
import { uslThroughput } from "./usl-fit.ts";
import { signedRank } from "./wilcoxon.ts";

/** Share of `trials` intervals that hold the truth; a missing interval is a failure. */
function coverage(
  truth: number,
  trials: number,
  make: (seed: number) => { readonly low: number; readonly high: number | null } | null,
): number {
  let held = 0;
  for (let seed = 0; seed < trials; seed += 1) {
    const found = make(seed);
    if (found !== null && found.low <= truth && (found.high ?? Infinity) >= truth) held += 1;
  }
  return held / trials;
}

const draw = (n: number, normal: () => number, of: (z: number) => number) =>
  Array.from({ length: n }, () => of(normal()));

test.each([2, 3, 5, 10])("Student's interval of %i runs covers", (n) => {
  const normal = normalsFrom(`t ${n}`);
  const share = coverage(1000, 1000, () => meanInterval(draw(n, normal, (z) => 1000 + 100 * z)));
  expect(share).toBeGreaterThanOrEqual(0.93);
  expect(share).toBeLessThanOrEqual(0.97);
});

test.each([6, 9, 12, 20])("the median's interval of %i skewed runs covers", (n) => {
  const normal = normalsFrom(`median ${n}`);
  const share = coverage(50, 1000, () => {
    const found = quantileInterval(draw(n, normal, (z) => 50 * Math.exp(z)));
    return found.is === "interval" ? found : null;
  });
  expect(share).toBeGreaterThanOrEqual(0.93);
});

test("the p95's interval of 100 values covers", () => {
  const normal = normalsFrom("p95");
  const share = coverage(Math.exp(1.6448536), 500, () => {
    const found = quantileInterval(draw(100, normal, Math.exp), 0.95);
    return found.is === "interval" ? found : null;
  });
  expect(share).toBeGreaterThanOrEqual(0.93);
});

test.each([3, 6, 10])("the paired ratio of %i pairs covers under lognormal noise", (n) => {
  const normal = normalsFrom(`paired ${n}`);
  const share = coverage(0.9, 500, () => {
    // What a block of two shares (the hour, the neighbour) drops out of its ratio.
    const shared = draw(n, normal, (z) => 1000 * Math.exp(0.3 * z));
    const a = shared.map((tps) => tps * Math.exp(0.1 * normal()));
    const b = shared.map((tps) => 0.9 * tps * Math.exp(0.1 * normal()));
    const found = pairedRatio(a, b, { betterIs: "higher" });
    return found.is === "compared" ? found : null;
  });
  expect(share).toBeGreaterThanOrEqual(0.93);
});

test("the Hodges–Lehmann interval covers under heavy tails", () => {
  const normal = normalsFrom("tails");
  const share = coverage(0.1, 500, () => {
    const found = signedRank(draw(8, normal, (z) => 0.1 + z * z * z));
    return found.is === "signed-rank" ? found : null;
  });
  expect(share).toBeGreaterThanOrEqual(0.93);
});

test("the slope's interval covers for independent readings", () => {
  const share = coverage(0.5, 400, (seed) => {
    const normal = normalsFrom(`slope ${seed}`);
    const found = theilSenOfSeries(Array.from({ length: 20 }, (_, s) => 0.5 * s + 3 * normal()));
    return found.is === "slope" ? found : null;
  });
  expect(share).toBeGreaterThanOrEqual(0.93);
});

test("batch means cover where seconds are correlated, and seconds themselves would not", () => {
  const noise = { seconds: 600, variation: 0.1, correlation: 0.8 };
  const run = (seed: number) => noisy(`batch ${seed}`, () => 1000, noise);
  const batched = coverage(1000, 300, (seed) => {
    const found = batchMeans(run(seed), { cycleS: 60 });
    return found.is === "within-run" ? found.interval : null;
  });
  expect(batched).toBeGreaterThanOrEqual(0.91);
  expect(coverage(1000, 300, (seed) => meanInterval(run(seed)))).toBeLessThan(0.6);
});

// Refits are costly, so the trials are few: of 600 trials elsewhere 95.7 % held. The bound is 95 %
// less two standard errors of this many trials.
test("the interval of the law's peak covers", () => {
  const trials = 60;
  const law = { lambdaTps: 900, alpha: 0.05, beta: 0.0006 };
  const share = coverage(Math.sqrt(0.95 / 0.0006), trials, (seed) => {
    const normal = normalsFrom(`usl ${seed}`);
    const rungs = [1, 2, 4, 8, 16, 32, 64, 96, 128].map((clients) => ({
      clients,
      throughputTps: draw(5, normal, (z) => uslThroughput(law, clients) * (1 + 0.02 * z)),
    }));
    const found = fitLadder(rungs, { random: randomFrom(seed).next, resamples: 100 });
    if (found.is === "unknown" || found.peakClients.is === "unknown") return null;
    return found.peakClients;
  });
  expect(share).toBeGreaterThanOrEqual(0.95 - 2 * Math.sqrt((0.95 * 0.05) / trials));
});

/** Pairs of runs on a shared machine: ten per cent of noise on each run. */
function comparePairs(seed: string, pairs: number, effect: number): PairedRatio {
  const normal = normalsFrom(seed);
  const run = (mean: number) => draw(pairs, normal, (z) => mean * (1 + 0.1 * z));
  const found = pairedRatio(run(1000), run(1000 * effect), { betterIs: "higher" });
  if (found.is === "unknown") throw new Error(found.because);
  return found;
}

test.each([3, 5, 10])(
  "of 200 comparisons of a thing with itself, %i pairs each, at most 5 per cent differ",
  (pairs) => {
    const verdicts = Array.from(
      { length: 200 },
      (_, seed) => comparePairs(`aa ${pairs} ${seed}`, pairs, 1).verdict,
    );
    const differ = verdicts.filter((verdict) => verdict === "better" || verdict === "worse").length;
    expect(differ / 200).toBeLessThanOrEqual(0.05);
  },
);

test("a family of ten comparisons of a thing with itself shows a difference in at most 5 %", () => {
  const families = Array.from({ length: 300 }, (_, family) =>
    judgeFamily(Array.from({ length: 10 }, (_, i) => comparePairs(`family ${family} ${i}`, 6, 1))),
  );
  const wrong = families.filter((members) =>
    members.some(({ verdict }) => verdict === "better" || verdict === "worse"),
  );
  expect(wrong.length / 300).toBeLessThanOrEqual(0.05);
});

test("a slowdown of 15 % is found in the share of cases that the power promises, never reversed", () => {
  const verdicts = Array.from({ length: 200 }, (_, seed) => comparePairs(`slow ${seed}`, 12, 0.85));
  const found = verdicts.filter(({ verdict }) => verdict === "worse");
  expect(found.length / 200).toBeGreaterThanOrEqual(0.8);
  expect(
    verdicts.filter(({ verdict }) => verdict === "better" || verdict === "equivalent"),
  ).toEqual([]);
});

test("where it is missed, the answer is cannot-distinguish, and what would be found is told right", () => {
  const compared = Array.from({ length: 200 }, (_, seed) => comparePairs(`few ${seed}`, 4, 0.85));
  const missed = compared.filter(({ verdict }) => verdict !== "worse");
  expect(missed.length).toBeGreaterThan(50);
  expect(new Set(missed.map(({ verdict }) => verdict))).toEqual(new Set(["cannot-distinguish"]));
  // Four pairs, s = 0.1·√2: (4.18 + 0.98)·0.141/2 = 0.365 on the log scale, a fall of 31 %; the
  // median of the estimated s of four is a tenth lower.
  const falls = compared.map(({ detectable }) => detectable.fallShare).sort((a, b) => a - b);
  expect(falls[100]).toBeGreaterThan(0.25);
  expect(falls[100]).toBeLessThan(0.33);
});

test("an effect of the size that is called detectable is detected four times in five", () => {
  const deviation = 0.1 * Math.SQRT2;
  const detectable = Math.exp((-(2.685 + 0.883) * deviation) / Math.sqrt(10));
  const verdicts = Array.from(
    { length: 300 },
    (_, seed) => comparePairs(`mde ${seed}`, 10, detectable).verdict,
  );
  const share = verdicts.filter((verdict) => verdict === "worse").length / 300;
  expect(share).toBeGreaterThanOrEqual(0.72);
  expect(share).toBeLessThanOrEqual(0.88);
});
