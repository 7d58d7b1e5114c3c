import { expect, test } from "vitest";
import { isSamePlan } from "./is-same-plan.ts";
import type { Plan } from "./plan.ts";

type Trials = readonly (readonly [id: string, stage: number])[];
const trialsOf = (list: Trials) =>
  list.map(([id, stage]) => ({ id, stage })) as unknown as Plan["trials"];
const isSame = (recorded: Trials, planned: Trials, open: readonly number[] = []) =>
  isSamePlan(
    { trials: trialsOf(recorded) },
    {
      trials: trialsOf(planned),
      adaptive: open.map((stage) => ({
        kind: "any",
        stage,
        precisionShare: 0.1,
        trialsMax: 9,
        budgetMs: null,
      })),
    },
  );

test("a record is of the plan whose trials it holds, in their order", () => {
  const planned: Trials = [
    ["a-r1", 0],
    ["a-r2", 0],
  ];
  expect(isSame(planned, planned)).toBe(true);
  expect(isSame(planned.slice(0, 1), planned)).toBe(false);
  expect(isSame(planned.toReversed(), planned)).toBe(false);
  expect(isSame([...planned, ["a-r3", 0]], planned)).toBe(false);
});

test("what a stage decided on the way is in no plan, also where it has planned trials beside them", () => {
  const planned: Trials = [["archive", 1]];
  const recorded: Trials = [
    ["probe-100tps", 0],
    ["archive", 1],
    ["forecast", 1],
  ];
  expect(isSame(recorded, planned, [0, 1])).toBe(true);
  expect(isSame(recorded, planned, [0])).toBe(false);
  expect(isSame(recorded.slice(0, 1), planned, [0, 1])).toBe(false);
});
