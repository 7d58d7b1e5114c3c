import { expect, test } from "vitest";
import { NO_OBJECTIVES } from "../record/format.ts";
import { replaceGoals } from "./goals-given.ts";

const ofFirstLook = { throughputTps: 0.7, p99Ms: 2, p50Ms: null, p95Ms: null };
const goals = { ...NO_OBJECTIVES, budget: null };

test("a figure takes the place of a share or a figure, and leaves the others", () => {
  const before = { ...goals, p99Ms: 5, p50Ms: 1, ofFirstLook };
  expect(replaceGoals(before, {})).toEqual(before);
  expect(replaceGoals(before, { throughput: "2000tps" })).toEqual({
    ...before,
    throughputTps: 2000,
    ofFirstLook: { ...ofFirstLook, throughputTps: null },
  });
  expect(replaceGoals(before, { p99: "20ms", throughput: "2000" })).toEqual({
    ...goals,
    p50Ms: 1,
    p99Ms: 20,
    throughputTps: 2000,
  });
});

test("what is no time and no rate is refused", () => {
  expect(() => replaceGoals(goals, { p99: "20" })).toThrow(/`--p99` must be a time.*is `20`/);
  expect(() => replaceGoals(goals, { throughput: "much" })).toThrow(
    /`--throughput` must be a rate/,
  );
  expect(() => replaceGoals(goals, { throughput: "0tps" })).toThrow(/must be a rate/);
});
