import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { CATALOG } from "../../src/cli/catalog.ts";
import { withPartContext } from "../support/part-context.ts";

const sim = CATALOG.targets.find(({ id }) => id === "sim")!;

test.each(CATALOG.workloads.map((workload) => [workload.id, workload] as const))(
  "%s: its options have defaults and refuse what they do not know; planning is settled and touches nothing",
  async (id, workload) => {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(workload.summary).toMatch(/^\S.*\.$/s);
    expect(workload.options.safeParse({ "no-such-option": 1 }).success).toBe(false);
    const options = workload.options.parse({ scale: 1 });

    await withPartContext(async ({ context, openEntries }) => {
      const target = await sim.plan(sim.options.parse({}), context);
      const experimentDirectory = mkdtempSync("/tmp/pgdyno-plan-");
      try {
        const about = { target, maxClients: 4, experimentDirectory };
        const plan = await workload.plan(options, about);
        expect(plan.title).not.toBe("");
        expect(plan.dataset!.estimatedMs).toBeGreaterThan(0);
        // The same again, and what is recorded of it is all that the run needs.
        expect(await workload.plan(options, about)).toEqual(plan);
        expect(JSON.parse(JSON.stringify(plan.settledOptions))).toEqual(plan.settledOptions);
        expect(readdirSync(experimentDirectory)).toEqual([]);
        expect(readdirSync(context.scratchDirectory)).toEqual([]);
        expect(openEntries()).toEqual([]);
      } finally {
        rmSync(experimentDirectory, { recursive: true });
      }
    });
  },
);

test.each(CATALOG.workloads.map((workload) => [workload.id, workload] as const))(
  "%s: more data is planned as more bytes and more time, under another key",
  async (_, workload) => {
    await withPartContext(async ({ context }) => {
      const target = await sim.plan(sim.options.parse({}), context);
      const about = { target, maxClients: 4, experimentDirectory: "/" };
      const datasetOf = async (scale: number) =>
        (await workload.plan(workload.options.parse({ scale }), about)).dataset!;
      const [small, large] = [await datasetOf(1), await datasetOf(50)];
      expect(large.key).not.toBe(small.key);
      expect(large.estimatedBytes!).toBeGreaterThan(10 * small.estimatedBytes!);
      expect(large.estimatedMs).toBeGreaterThan(small.estimatedMs);
    });
  },
);
