import { expect, test } from "vitest";
import { randomFrom } from "../../lib/random.ts";
import { studentTTwoSided } from "./student-t.ts";
import { twoRunRatio } from "./two-run-ratio.ts";

const random = randomFrom("two runs");
const normal = () =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
/** A run on a machine whose level moves from run to run and from block to block. */
const run = (tps: number, { run, block }: { run: number; block: number }) => {
  const level = tps * Math.exp(run * normal());
  return Array.from({ length: 5 }, () => level * Math.exp(block * normal()));
};

test("is Student's comparison with pooled variance where time does nothing", () => {
  // By hand on logs: t = 7.848 with 6 degrees of freedom.
  const found = twoRunRatio([100, 102, 98, 101], [90, 93, 91, 89], {
    betterIs: "higher",
    blockDeviation: 0,
  });
  expect(found).toMatchObject({ is: "compared", verdict: "worse" });
  if (found.is !== "compared") return;
  expect(found.ratio).toBeCloseTo(0.9053, 3);
  expect(found.pValue).toBeCloseTo(studentTTwoSided(7.84844, 6)!, 7);
});

test("the same thing twice differs in at most one case of twenty, though runs differ as blocks do", () => {
  let different = 0;
  for (let i = 0; i < 2000; i += 1) {
    const noise = { run: 0.05, block: 0.05 };
    const found = twoRunRatio(run(1000, noise), run(1000, noise), {
      betterIs: "higher",
      blockDeviation: 0.05,
    });
    if (found.is === "compared" && /better|worse/.test(found.verdict)) different += 1;
  }
  expect(different / 2000).toBeLessThanOrEqual(0.05);
});

test("finds a slowdown of 15 % on a quiet machine, and says on a noisy one that it could not", () => {
  const of = (noise: number) =>
    twoRunRatio(run(1000, { run: noise, block: noise }), run(850, { run: noise, block: noise }), {
      betterIs: "higher",
      blockDeviation: noise,
    });
  expect(of(0.01)).toMatchObject({ verdict: "worse" });
  const noisy = of(0.1);
  expect(noisy).toMatchObject({ verdict: "cannot-distinguish" });
  if (noisy.is === "compared") {
    expect(noisy.detectable.fallShare).toBeGreaterThan(0.15);
    expect(noisy.pairsNeeded).toBeNull();
  }
});

test("is unknown with a single repetition", () => {
  expect(twoRunRatio([1], [2, 3], { betterIs: "higher", blockDeviation: 0 }).is).toBe("unknown");
});
