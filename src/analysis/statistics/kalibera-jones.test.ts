import { expect, test } from "vitest";
import { planRepetitions } from "./kalibera-jones.ts";

test("splits the variance between the levels as worked by hand", () => {
  // Runs (9, 11), (19, 21), (14, 16): within 2 each; between their means 10, 20, 15: 25 − 2/2.
  const found = planRepetitions(
    [
      [9, 11],
      [19, 21],
      [14, 16],
    ],
    [1, 48],
  );
  expect(found).toMatchObject({
    is: "plan",
    variances: [2, 24],
    repetitions: [2], // sqrt(48/1 · 2/24) = 2
    interval: { mean: 15, n: 3 },
  });
});

test("handles three levels, gaps left out", () => {
  const pod = (shift: number) => [
    [shift + 9, shift + 11, null],
    [shift + 12, shift + 14],
  ];
  const found = planRepetitions([pod(0), pod(10), pod(20)], [1, 10, 100]);
  if (found.is === "unknown") throw new Error(found.because);
  // Runs: means 10 and 13, variance 4.5 − 2/2; pods: means 11.5, 21.5, 31.5, variance 100 − 4.5/2.
  expect(found.variances).toEqual([2, 3.5, 97.75].map((v) => expect.closeTo(v, 12)));
  expect(found.repetitions).toEqual([3, 1]);
  expect(found.interval.n).toBe(3);
});

test("a level above that adds no variance asks for no number", () => {
  expect(
    planRepetitions(
      [
        [1, 9],
        [9, 1],
        [1, 9],
      ],
      [1, 10],
    ),
  ).toMatchObject({ repetitions: [null] });
});

test("is unknown with one level, without costs, or with single repetitions", () => {
  expect(planRepetitions([1, 2, 3], [1])).toMatchObject({ is: "unknown" });
  expect(
    planRepetitions(
      [
        [1, 2],
        [3, 4],
      ],
      [1],
    ),
  ).toMatchObject({ is: "unknown" });
  expect(planRepetitions([[1], [2]], [1, 1])).toMatchObject({ is: "unknown" });
  expect(planRepetitions([[null], []], [1, 1])).toMatchObject({ is: "unknown" });
});
