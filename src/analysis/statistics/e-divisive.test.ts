import { expect, test } from "vitest";
import reference from "../../../test/reference/statistics.json" with { type: "json" };
import { randomFrom } from "../../lib/random.ts";
import { bestEnergySplit, eDivisive } from "./e-divisive.ts";

test("splits where Apache Otava splits, at the same distance", () => {
  for (const { values, at, distance } of reference.energySplit) {
    expect(bestEnergySplit(values)).toEqual({ at, distance: expect.closeTo(distance, 9) });
  }
});

test("a stretch within a series is split as if it stood alone", () => {
  const { values, at, distance } = reference.energySplit[0]!;
  const found = bestEnergySplit([1e6, ...values, -1e6], { start: 1, end: values.length + 1 });
  expect(found).toEqual({ at: at + 1, distance: expect.closeTo(distance, 9) });
});

test("a stretch too short for two sides has no split", () => {
  expect(bestEnergySplit([1, 2, 3, 4], { sideMin: 3 })).toBeNull();
  expect(bestEnergySplit([])).toBeNull();
});

test("permutations find the steps and leave a level series alone", () => {
  const find = (name: string) =>
    eDivisive(reference.otava.find((one) => one.name === name)!.values, {
      random: randomFrom(name).next,
    });
  expect(find("level")).toEqual([]);
  expect(find("one step")).toEqual([60]);
});
