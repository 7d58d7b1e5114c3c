import { expect, test } from "vitest";
import { batchMeans } from "./batch-means.ts";

test("batches hold thirty seconds, or a whole cycle", () => {
  const series = Array.from({ length: 610 }, (_, i) => 100 + (i % 60));
  expect(batchMeans(series)).toMatchObject({ is: "within-run", batchS: 30, batches: 20 });
  expect(batchMeans(series, { cycleS: 60 })).toMatchObject({
    batchS: 60,
    batches: 10,
    interval: { mean: 129.5, halfWidth: 0 },
  });
});

test("leaves out a batch that is mostly gaps", () => {
  const series = Array.from({ length: 150 }, (_, i) => (i >= 30 && i < 40 ? null : 100 + (i % 7)));
  expect(batchMeans(series)).toMatchObject({ is: "within-run", batches: 4 });
});

test("is unknown where the window holds too few batches", () => {
  expect(batchMeans(Array.from<number>({ length: 119 }).fill(1))).toEqual({
    is: "unknown",
    because: "119 s hold 3 whole batches of 30 s; 4 are needed for an interval within a run.",
  });
});
