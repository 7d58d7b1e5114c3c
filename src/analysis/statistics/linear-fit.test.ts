import { expect, test } from "vitest";
import { randomFrom } from "../../lib/random.ts";
import { fitLine, predictAt } from "./linear-fit.ts";

/** y, x of the Norris dataset: https://www.itl.nist.gov/div898/strd/lls/data/Norris.shtml */
const NORRIS = `0.1 0.2, 338.8 337.4, 118.1 118.2, 888.0 884.6, 9.2 10.1, 228.1 226.5, 668.5 666.3,
  998.5 996.3, 449.1 448.6, 778.9 777.0, 559.2 558.2, 0.3 0.4, 0.1 0.6, 778.1 775.5, 668.8 666.9,
  339.3 338.0, 448.9 447.5, 10.8 11.6, 557.7 556.0, 228.3 228.1, 998.0 995.8, 888.8 887.6,
  119.6 120.2, 0.3 0.3, 0.6 0.3, 557.6 556.8, 339.3 339.1, 888.0 887.2, 998.5 999.0, 778.9 779.0,
  10.2 11.1, 117.6 118.3, 228.9 229.2, 668.4 669.1, 449.2 448.9, 0.2 0.5`
  .split(",")
  .map((pair) => pair.trim().split(" ").map(Number))
  .map(([y, x]) => ({ x: x!, y: y! }));

test("gives the certified values of NIST's Norris dataset", () => {
  const fit = fitLine(NORRIS)!;
  expect(fit.intercept).toBeCloseTo(-0.262323073774029, 10);
  expect(fit.slope).toBeCloseTo(1.00211681802045, 12);
  expect(fit.residualDeviation).toBeCloseTo(0.884796396144373, 10);
  // Half of an interval over its t is the certified standard deviation.
  const t34 = 2.032244509317719;
  expect((fit.slopeInterval.high - fit.slope) / t34).toBeCloseTo(0.429796848199937e-3, 8);
  expect((fit.interceptInterval.high - fit.intercept) / t34).toBeCloseTo(0.232818234301152, 7);
});

test("its prediction holds one more point in 95 of 100 cases, also outside of the points", () => {
  const random = randomFrom(7);
  const noise = () =>
    Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const runs = 2000;
  let held = 0;
  for (let i = 0; i < runs; i += 1) {
    const points = [1, 2, 4, 8].map((x) => ({ x, y: 3 + 2 * x + noise() }));
    const { low, high } = predictAt(fitLine(points)!, 20);
    const y = 43 + noise();
    if (y >= low && y <= high) held += 1;
  }
  expect(held / runs).toBeGreaterThan(0.935);
  expect(held / runs).toBeLessThan(0.965);
});

test("there is no line through two points, nor through two places", () => {
  expect(
    fitLine([
      { x: 1, y: 1 },
      { x: 2, y: 2 },
    ]),
  ).toBeNull();
  const twoPlaces = [1, 1, 2, 2].map((x, i) => ({ x, y: x + i }));
  expect(fitLine(twoPlaces)).toBeNull();
});
