import { expect, test } from "vitest";
import { randomFrom } from "../lib/random.ts";
import { shuffleInBlocks } from "./shuffle-trials.ts";

const random = randomFrom("shuffle");

/** Points of a random stage: one to four datasets, one to nine points each. */
function drawPoints() {
  const datasets = random.shuffle(["a", "b", "c", null]).slice(0, random.integer(1, 4));
  return datasets.flatMap((dataset) =>
    Array.from({ length: random.integer(1, 9) }, (_, i) => ({ dataset, id: `${dataset}${i}` })),
  );
}

test("every block holds every point once, and keeps the points of one dataset together", () => {
  for (let round = 0; round < 300; round += 1) {
    const points = drawPoints();
    const blocks = shuffleInBlocks(points, random.integer(1, 6), random.fork(`${round}`));
    const datasets = new Set(points.map(({ dataset }) => dataset)).size;
    for (const block of blocks) {
      expect(block.map(({ id }) => id).toSorted()).toEqual(points.map(({ id }) => id).toSorted());
      expect(countLoads(block)).toBe(datasets);
    }
    expect(countLoads(blocks.flat())).toBe(datasets + (blocks.length - 1) * (datasets - 1));
  }
});

test("the order is a matter of the seed alone, and differs from block to block", () => {
  const points = Array.from({ length: 12 }, (_, id) => ({ dataset: "a", id }));
  const order = (seed: string) => shuffleInBlocks(points, 3, randomFrom(seed));
  expect(order("one")).toEqual(order("one"));
  expect(order("one")).not.toEqual(order("two"));
  const [first, second] = order("one");
  expect(first).not.toEqual(second);
});

function countLoads(points: readonly { readonly dataset: string | null }[]): number {
  return points.filter(({ dataset }, i) => i === 0 || points[i - 1]!.dataset !== dataset).length;
}
