import { expect, test } from "vitest";
import type { PartContext } from "../../contracts/context.ts";
import type { TargetPlan } from "../../contracts/target-plan.ts";
import { parseExperimentOrThrow } from "../../spec/parse-experiment.ts";
import { PLAN_OF_TARGET, plannedTarget, SPEC_PARTS } from "../../../test/support/spec-parts.ts";
import { makePlan } from "../../plan/make-plan.ts";

const MB = 1024 ** 2;

function plan(stage: string, wal?: TargetPlan["wal"]) {
  const text = `target: { local: {} }\nstages: [{ ceilings: { ${stage} } }]`;
  const { experiment } = parseExperimentOrThrow({ text, file: "a.yaml", ...SPEC_PARTS });
  const target = {
    ...plannedTarget,
    plan: () => Promise.resolve({ ...PLAN_OF_TARGET, ...(wal === undefined ? {} : { wal }) }),
  };
  const context = {} as PartContext; // These parts read nothing of their context.
  return makePlan({ experiment, target, ...SPEC_PARTS, context });
}

const WHOLE = { standbys: 1, isArchived: true, archiveStreams: 1, segmentBytes: 16 * MB };

test("measures every station that the target has, the real load before them, the forecast last", async () => {
  const { trials, adaptive, questions, stages } = await plan("", WHOLE);
  expect(
    trials.map(({ id, workloadOptions, ceiling }) => [id, ceiling!.by, builtin(workloadOptions)]),
  ).toEqual([
    ["ceilings-1-generator", "empty", "select-one"],
    ["ceilings-1-load", "workload", undefined],
    ["ceilings-1-network-wal", "wal", "wal-message"],
    ["ceilings-1-replay-workload", "workload", undefined],
    ["ceilings-1-replay-wal", "wal", "wal-message"],
    ["ceilings-1-archive-workload", "workload", undefined],
    ["ceilings-1-archive-wal", "wal", "wal-message"],
  ]);
  expect(adaptive[0]).toMatchObject({
    kind: "ceilings",
    forecast: { mode: "open", rateTps: null },
  });
  expect(questions).toEqual([
    expect.objectContaining({
      kind: "ceilings",
      of: ["generator", "archive", "network", "replay"],
    }),
  ]);
  expect(stages[0]).toMatchObject({ trials: 8, isDecidedOnTheWay: true });
});

test("leaves out what the target does not have, and says so where it is asked for", async () => {
  const alone = { ...WHOLE, standbys: 0, isArchived: false };
  const { trials, adaptive } = await plan("", alone);
  expect(trials.map(({ id }) => id)).toEqual(["ceilings-1-generator", "ceilings-1-load"]);
  expect(adaptive).toEqual([]);
  await expect(plan("of: [replay]", alone)).rejects.toThrow(
    "The `ceilings` stage asks for `replay`, but there is no standby: give the target two or more `instances`.",
  );
  await expect(plan("of: [archive]", alone)).rejects.toThrow("nothing is archived");
});

test("piles up several files for every stream of the archive, and no more than asked elsewhere", async () => {
  const { trials } = await plan("pile: 32MB", {
    ...WHOLE,
    archiveStreams: 4,
    segmentBytes: 64 * MB,
  });
  const pileOf = (id: string) => trials.find((trial) => trial.id === id)!.ceiling!.pileBytes;
  expect(pileOf("ceilings-1-archive-wal")).toBe(8 * 64 * MB);
  expect(pileOf("ceilings-1-replay-workload")).toBe(32 * MB);
  expect(pileOf("ceilings-1-load")).toBeNull();
});

function builtin(options: unknown): unknown {
  return (options as { readonly builtin?: string }).builtin;
}
