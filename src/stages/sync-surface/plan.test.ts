import { expect, test } from "vitest";
import type { PartContext } from "../../contracts/context.ts";
import { parseExperimentOrThrow } from "../../spec/parse-experiment.ts";
import { PLAN_OF_TARGET, plannedTarget, SPEC_PARTS } from "../../../test/support/spec-parts.ts";
import { makePlan } from "../../plan/make-plan.ts";

function plan(stage: string, instances = 3) {
  const text = `target: { local: {} }\nstages: [{ sync-surface: { ${stage} } }]`;
  const { experiment } = parseExperimentOrThrow({ text, file: "a.yaml", ...SPEC_PARTS });
  const target = {
    ...plannedTarget,
    plan: () =>
      Promise.resolve({
        ...PLAN_OF_TARGET,
        wal: { ...PLAN_OF_TARGET.wal!, standbys: instances - 1 },
      }),
  };
  const context = {} as PartContext; // These parts read nothing of their context.
  return makePlan({ experiment, target, ...SPEC_PARTS, context });
}

const pointsOf = ({ trials }: Awaited<ReturnType<typeof plan>>) =>
  [...new Set(trials.map(({ point }) => point.replace("sync-surface-1-", "")))].sort();

test("what is impossible or the same by other words is left out, and why is said", async () => {
  const planned = await plan(
    "commit: [local, on], method: [any, first], number: [1, 2, 3], distance: 0ms",
  );
  expect(pointsOf(planned)).toEqual(["local-0ms", "on-any1-0ms", "on-any2-0ms", "on-first1-0ms"]);
  expect(planned.questions).toMatchObject([
    {
      kind: "sync-surface",
      leftOut: [
        { what: "local with each method and number" },
        { what: "on, first 2", because: expect.stringContaining("same as any 2") },
        { what: "on with 3 standbys", because: expect.stringContaining("there are 2") },
      ],
    },
  ]);
});

test("what breaks comes after every undisturbed trial, at a share of its own point", async () => {
  const { trials } = await plan("standbyLoss: true, repetitions: 2");
  const first = trials.findIndex(({ disturbance }) => disturbance !== undefined);
  expect(first).toBe(12);
  expect(trials.slice(first).every(({ disturbance }) => disturbance !== undefined)).toBe(true);
  const faults = trials.map(({ disturbance }) => disturbance?.fault ?? null);
  expect(faults.filter((fault) => fault === "kill-primary")).toHaveLength(6);
  // `local` waits for no standby, so that none can be missed.
  expect(faults.filter((fault) => fault === "stop-standby")).toHaveLength(4);
  expect(trials[first]).toMatchObject({ rateTps: null, rateShare: 0.5, mode: "open" });
  for (const { workloadOptions } of trials) expect(workloadOptions).toMatchObject({ ledger: true });
});

test("every block holds every point once", async () => {
  const { trials } = await plan("repetitions: 3, failover: false");
  for (const block of [0, 6, 12]) {
    const points = trials.slice(block, block + 6).map(({ point }) => point);
    expect(new Set(points).size).toBe(6);
  }
});

test("without a standby there is no surface", async () => {
  await expect(plan("", 1)).rejects.toMatchObject({ code: "CLUSTER_MISSING", exit: 2 });
  await expect(plan("commit: on, number: 2", 2)).rejects.toMatchObject({ code: "USAGE" });
});
