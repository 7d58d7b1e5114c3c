import type { Random } from "../lib/random.ts";

/** A point of a stage, as far as the order needs to know it. */
export interface Shufflable {
  readonly dataset: string | null;
}

/**
 * Points in blocks: each block is one repetition of every point in an order of its own, so that a
 * machine that drifts does so for all points alike.
 *
 * In a block the points of one dataset stay together, and a block begins with the dataset that the
 * one before it ended with: data is loaded as seldom as blocks allow.
 */
export function shuffleInBlocks<Point extends Shufflable>(
  points: readonly Point[],
  repetitions: number,
  random: Random,
): Point[][] {
  const datasets = [...new Set(points.map(({ dataset }) => dataset))];
  const blocks: Point[][] = [];
  let loaded: string | null | undefined;
  for (let block = 0; block < repetitions; block += 1) {
    const shuffled = random.shuffle(datasets);
    const order = loaded === undefined ? shuffled : moveToFront(shuffled, loaded);
    blocks.push(
      order.flatMap((key) => random.shuffle(points.filter(({ dataset }) => dataset === key))),
    );
    loaded = order.at(-1);
  }
  return blocks;
}

function moveToFront<T>(items: readonly T[], first: T): T[] {
  return [first, ...items.filter((item) => item !== first)];
}
