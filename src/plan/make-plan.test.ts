import { expect, test } from "vitest";
import type { PartContext } from "../contracts/context.ts";
import { parseExperimentOrThrow } from "../spec/parse-experiment.ts";
import { plannedTarget, SPEC_PARTS } from "../../test/support/spec-parts.ts";
import { makePlan } from "./make-plan.ts";
import { renderPlan } from "./render-plan.ts";

const LADDER = `
metadata: { name: two-sizes }
objectives: { p99: 50ms, throughput: 2000tps }
target: { local: {} }
stages:
  - ladder:
      workloads: [{ native: { scale: 10 } }, { native: { scale: 10, builtin: select-only } }, { pgbench: { scale: 1000 } }]
      clients: [1, 8]
      duration: 10s
      warmup: 2s
      repetitions: 2
  - ladder: { workload: { native: { scale: 10 } }, rates: [50, 100tps], clients: 4, between: keep, repetitions: 1 }
`;

function plan(text: string) {
  const { experiment } = parseExperimentOrThrow({ text, file: "two-sizes.yaml", ...SPEC_PARTS });
  // These parts read nothing of their context.
  const context = {} as PartContext;
  return makePlan({ experiment, target: plannedTarget, ...SPEC_PARTS, context });
}

test("the same seed gives the same plan; another seed another order and other random numbers", async () => {
  expect(await plan(LADDER)).toEqual(await plan(LADDER));
  const [one, two] = [await plan(LADDER), await plan(`seed: other\n${LADDER}`)];
  const ids = (p: typeof one) => p.trials.map(({ id }) => id);
  expect(ids(one)).not.toEqual(ids(two));
  expect(ids(one).toSorted()).toEqual(ids(two).toSorted());
  expect(one.trials[0]!.seed).not.toBe(two.trials[0]!.seed);
});

test("a workload that changes its rate by itself is an open loop at its mean over the window", async () => {
  const workloads = SPEC_PARTS.workloads.map((workload) => ({
    ...workload,
    plan: async (...about: Parameters<typeof workload.plan>) => ({
      ...(await workload.plan(...about)),
      meanRateTps: (fromMs: number, toMs: number) => fromMs + toMs,
    }),
  }));
  const planOf = (fields: string) => {
    const text = `${LADDER.split("stages:")[0]}stages:\n  - ladder: { workload: { native: {} }, duration: 10s, warmup: 2s, ${fields} }`;
    const { experiment } = parseExperimentOrThrow({ text, file: "profile.yaml", ...SPEC_PARTS });
    return makePlan({
      experiment,
      target: plannedTarget,
      ...SPEC_PARTS,
      workloads,
      context: {} as PartContext,
    });
  };
  const { trials } = await planOf("clients: 8, repetitions: 1");
  expect(trials).toMatchObject([{ mode: "open", clients: 8, rateTps: 14_000 }]);
  await expect(planOf("clients: 8, rates: [100]")).rejects.toMatchObject({ code: "USAGE" });
});

test("ids and seeds are unique, and ids are safe as names of files", async () => {
  const { trials } = await plan(LADDER);
  expect(trials).toHaveLength(14);
  expect(new Set(trials.map(({ id }) => id)).size).toBe(14);
  expect(new Set(trials.map(({ seed }) => seed)).size).toBe(14);
  for (const { id } of trials) expect(id).toMatch(/^[a-z0-9][a-z0-9.-]*$/);
});

test("says for people what will be done, how long it takes and what it needs", async () => {
  expect(renderPlan(await plan(LADDER))).toMatchInlineSnapshot(`
    "Experiment two-sizes (seed two-sizes): 14 trials, about 14 min 25 s.

    Target
      local: An embedded PostgreSQL 18 on this machine.
      {postgresql: {version: 18, parameters: {}}}

    Objectives
      p99 at most 50 ms, at least 2,000 tps

    Data
      pgbench tables at scale 10: 150 MB, loaded 2 times in 1.5 s each, a copy is kept to restore from
      pgbench tables at scale 1000: 14.6 GB, loaded once in 2 min 30 s, a copy is kept to restore from

    Stage 1: ladder, 12 trials (6 points × 2), 7 min 56 s
      native: tpcb-like, scale 10, prepared
        {scale: 10, protocol: "prepared"}
      native: select-only, scale 10, prepared
        {builtin: "select-only", scale: 10, protocol: "prepared"}
      pgbench: tpcb-like, scale 1000, prepared
        {scale: 1000, protocol: "prepared"}
      closed loop, clients 1, 8
      2 × 2 s warm-up, 10 s window, 1 s cool-down
      between trials: the loaded data is restored before each trial that writes; order: shuffled in blocks

    Stage 2: ladder, 2 trials (2 points × 1), 2 min 22 s
      native: tpcb-like, scale 10, prepared
        {scale: 10, protocol: "prepared"}
      open loop, 50, 100 tps on 4 connections
      1 × 10 s warm-up, 1 min window, 1 s cool-down
      between trials: the data grows from trial to trial, and the growth is recorded; order: shuffled in blocks

    Order
      1. ladder-1-select-only-c1-r1
      2. ladder-1-tpcb-like-c8-r1
      3. ladder-1-select-only-c8-r1
      4. ladder-1-tpcb-like-c1-r1
      5. ladder-1-tpcb-like-2-c1-r1
      6. ladder-1-tpcb-like-2-c8-r1
      7. ladder-1-tpcb-like-2-c8-r2
      8. ladder-1-tpcb-like-2-c1-r2
      9. ladder-1-tpcb-like-c1-r2
      10. ladder-1-tpcb-like-c8-r2
      11. ladder-1-select-only-c1-r2
      12. ladder-1-select-only-c8-r2
      … and 2 more; \`--format json\` lists all

    Time
      target up and down   4 s
      load data            3 min 53 s
      put load on          4 min 58 s
      between trials       5 min 27 s
      analysis and report  3 s
      total                14 min 25 s

    Disk
      about 95.4 GB needed (data 43.9 GB, copy to restore from 43.9 GB, growth 4.39 GB, WAL 3 GB, empty cluster 300 MB), on the target

    Memory
      8 GB for the database, shared_buffers 128 MB
      pgbench tables at scale 10: 1.83 % of the memory, so reads are served from it once it is warm.
      pgbench tables at scale 1000: 1.83 times the memory (8 GB): neither in memory nor larger than it, so results swing with what is cached.

    Programs
      pgbench

    Mind
      Quick: a window of 10 s holds not even two checkpoint cycles of up to 5 min, so throughput under writes may come out too high or too low. For figures to rely on, use windows of 20 min, or set a shorter checkpoint_timeout.

    Nothing was touched."
  `);
});

test("is quick unless every window holds four checkpoint cycles", async () => {
  const ladder = (duration: string) =>
    `target: { local: {} }\nstages: [{ ladder: { workload: { native: {} }, duration: ${duration} } }]`;
  expect(await plan(ladder("19min"))).toMatchObject({ quick: true });
  expect(await plan(ladder("20min"))).toMatchObject({ quick: false, warnings: [] });
  const [warning] = (await plan(ladder("9min"))).warnings;
  expect(warning).toMatchInlineSnapshot(
    `"Quick: a window of 9 min holds not even two checkpoint cycles of up to 5 min, so throughput under writes may come out too high or too low. For figures to rely on, use windows of 20 min, or set a shorter checkpoint_timeout."`,
  );
});

test("warns, at its place in the file, of sessions that the memory cannot hold", async () => {
  const text = LADDER.replace("clients: [1, 8]", "clients: [1, 4000]");
  const file = "two-sizes.yaml";
  const { experiment, locate } = parseExperimentOrThrow({ text, file, ...SPEC_PARTS });
  const { warnings } = await makePlan({
    experiment,
    target: plannedTarget,
    ...SPEC_PARTS,
    context: {} as PartContext,
    source: { file, locate },
  });
  expect(warnings).toContainEqual(
    expect.stringMatching(
      /^two-sizes\.yaml:8:20: 4,000 sessions need about 16\.6 GB .* than the 8 GB that the database may use\./,
    ),
  );
});

test("refuses at once, and in the order of the file, whatever target and loads say will not work", async () => {
  const slots = {
    connections: 10,
    reserved: 3,
    taken: 0,
    ofTarget: 0,
    limits: [],
    locks: null,
    lockers: 1,
  };
  const target = {
    ...plannedTarget,
    check: () =>
      Promise.resolve({
        faults: [
          {
            path: ["target", "local", "here"],
            at: "key" as const,
            message: "Not so.",
            didYouMean: null,
          },
        ],
        warnings: [],
        slots: [slots],
      }),
  };
  const file = "two-sizes.yaml";
  const { experiment, locate } = parseExperimentOrThrow({ text: LADDER, file, ...SPEC_PARTS });
  const refused = makePlan({
    experiment,
    target,
    ...SPEC_PARTS,
    context: {} as PartContext,
    ownSessions: 2,
    source: { file, locate },
  });
  await expect(refused).rejects.toMatchObject({
    code: "SPEC_INVALID",
    message: expect.stringMatching(
      /two-sizes\.yaml:4:11: Not so\.\n[^]*two-sizes\.yaml:8:20: The 8 clients of `stages\[0\]` do not fit: of the server's 10 connection slots \(`max_connections`\) 3 are reserved, and pgdyno itself takes 2\. There is room for 5\./,
    ) as string,
  });
});
