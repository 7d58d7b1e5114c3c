import { expect, test } from "vitest";
import type { PartContext } from "../../contracts/context.ts";
import { plannedTarget } from "../../../test/support/spec-parts.ts";
import { makePlan } from "../../plan/make-plan.ts";
import { renderPlan } from "../../plan/render-plan.ts";
import { CATALOG } from "../../cli/catalog.ts";
import { NO_OBJECTIVES } from "../../record/format.ts";
import type { Experiment } from "../../spec/experiment.ts";
import type { ObserveStage } from "./schema.ts";

const STAGE: ObserveStage = { kind: "observe", forMs: 45_000 };
const EXPERIMENT: Experiment = {
  name: "look",
  seed: "look",
  objectives: { ...NO_OBJECTIVES, budget: null },
  target: { id: plannedTarget.id, options: {} },
  load: null,
  stages: [STAGE],
  directory: ".",
};

test("a plan that only watches loads no data, and says how long it looks", async () => {
  const context = {} as PartContext;
  const plan = await makePlan({
    experiment: EXPERIMENT,
    target: plannedTarget,
    workloads: [],
    stages: CATALOG.stages,
    context,
  });
  expect(plan.datasets).toEqual([]);
  expect(plan.quick).toBe(false);
  expect(plan.phases.find(({ title }) => title === "put load on")?.estimatedMs).toBe(0);
  expect(plan.phases.find(({ title }) => title === "watch")?.estimatedMs).toBe(45_000);
  const page = renderPlan(plan);
  expect(page).toContain("Stage 1: observe, 45 s");
  expect(page).toContain("puts no load on, writes nothing");
});
