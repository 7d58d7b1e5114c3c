import type { Cluster, OrphanedWal } from "../../../contracts/cluster.ts";
import type { TargetHandle } from "../../../contracts/target-handle.ts";
import type { Workload } from "../../../contracts/workload.ts";
import { DynoError } from "../../../lib/errors.ts";
import { formatDurationMs } from "../../../lib/units.ts";
import type { PlannedDisturbance, PlannedTrial } from "../../../record/planned-trial.ts";
import { linkClients } from "./client-link.ts";
import { disturb } from "./disturbance.ts";
import { runTrial } from "../../../engine/run-trial.ts";
import type { StageScene } from "../../../engine/stage-runner.ts";
import { GAP_MS_MIN, watchReads, type ReadsSeen } from "../../../sampling/watch-reads.ts";
import { watchRedundancy, whyNotWhole } from "./watch-redundancy.ts";

export interface DisturbedScene extends StageScene {
  readonly cluster: Cluster;
}

/**
 * One trial with a fault or a switchover in its middle: a cluster that is whole, load, the disturbance
 * at its instant, the way back, redundancy whole again, and only then the look at what was lost.
 *
 * @throws {DynoError} CLUSTER_NOT_HEALTHY, FAULT_FAILED, FAULT_NOT_HEALED; what the workload threw.
 */
export async function runDisturbedTrial(
  trial: PlannedTrial & { readonly disturbance: PlannedDisturbance },
  workload: Workload,
  scene: DisturbedScene,
): Promise<void> {
  const { context, cluster, faults, target, writer, signal } = scene;
  const { clock } = context;
  const planned = trial.disturbance;
  const tell = (healthy: boolean, because: string) =>
    writer.event({ kind: "health", atMs: clock.now(), trial: trial.id, healthy, because });

  await refuseUnlessWhole(trial, scene);
  tell(true, "Redundancy is whole before the load.");
  const orphansBefore = orphansOf(target);
  const stopped = new AbortController();
  const stop = AbortSignal.any([signal, stopped.signal]);
  // What goes on beside the load, from when it begins.
  const beside: {
    disturbing?: Promise<void>;
    watching?: Promise<void>;
    reading?: Promise<ReadsSeen | null>;
  } = {};
  const fault = faults.find(({ id }) => id === planned.fault);
  const linked = fault?.disturbsClients === true ? await linkClients(target, context.random) : null;
  try {
    await runTrial(trial, workload, {
      ...scene,
      target: linked?.target ?? target,
      onLoad: () => {
        beside.disturbing = disturb({
          trial,
          planned,
          target,
          cluster,
          context,
          faults,
          clients: linked?.link,
          signal: stop,
          write: (event) => writer.event(event),
        });
        beside.disturbing.catch(() => undefined); // Seen below, or the load's own error speaks.
        beside.watching = watchRedundancy(cluster, { clock, tell, signal: stop });
        // The readers go straight, and would tell nothing of the clients' way.
        if (scene.control !== null && linked === null) beside.reading = readAnywhere(scene, stop);
      },
      afterLoad: async () => {
        await beside.disturbing;
        const limitMs = planned.recoveryLimitMs;
        const missing = await whyNotWhole(cluster, { clock, limitMs, signal });
        if (missing !== null) tell(false, `After ${formatDurationMs(limitMs)}: ${missing}`);
        stopped.abort(new Error("the trial is over"));
        await beside.watching;
        tellReads(trial, await beside.reading, scene);
        tellOrphans(trial, orphansBefore, scene);
      },
    });
  } finally {
    stopped.abort(new Error("the trial is over"));
    // The way back has a budget of its own, and its failure must be heard.
    await beside.watching; // Never rejects.
    await beside.reading; // Nor does this one.
    try {
      await onlyNotHealed(beside.disturbing);
    } finally {
      await linked?.close();
    }
  }
}

/** It begins at the primary, so that it is hit too. */
function readAnywhere(
  { target, cluster, connect, context: { clock } }: DisturbedScene,
  signal: AbortSignal,
): Promise<ReadsSeen | null> {
  const primary = cluster.primary();
  const instances = target.instances.toSorted(
    (a, b) => Number(b.name === primary) - Number(a.name === primary),
  );
  return watchReads({ instances, connect, clock, signal });
}

function tellReads(
  { id }: PlannedTrial,
  seen: ReadsSeen | null | undefined,
  { context, writer }: DisturbedScene,
): void {
  if (seen === null || seen === undefined) return;
  const atMs = context.clock.now();
  writer.event({ kind: "reads", atMs, trial: id, leastMs: GAP_MS_MIN, ...seen });
}

async function refuseUnlessWhole(
  { id, disturbance }: PlannedTrial & { readonly disturbance: PlannedDisturbance },
  { cluster, context: { clock }, signal }: DisturbedScene,
): Promise<void> {
  const limitMs = disturbance.recoveryLimitMs;
  const because = await whyNotWhole(cluster, { clock, limitMs, signal });
  if (because === null) return;
  throw new DynoError("CLUSTER_NOT_HEALTHY", {
    trial: id,
    limit: formatDurationMs(limitMs),
    because,
  });
}

/** Nothing where the target does not show it. */
function orphansOf({ cluster, can }: TargetHandle): Map<string, OrphanedWal | null> {
  const names = can.oldPrimaryWal === undefined ? [] : (cluster?.members() ?? []);
  return new Map(names.map(({ name }) => [name, can.oldPrimaryWal!.orphanedOf(name)]));
}

/** Only what is new: a reading from an earlier trial is that trial's. */
function tellOrphans(
  { id }: PlannedTrial,
  before: ReadonlyMap<string, OrphanedWal | null>,
  { target, context, writer }: DisturbedScene,
): void {
  for (const [on, orphan] of orphansOf(target)) {
    const known = before.get(on) ?? null;
    if (orphan === null || orphan.timeline === known?.timeline) continue;
    const atMs = context.clock.now();
    writer.event({ kind: "orphaned-wal", atMs, trial: id, on, ...orphan });
  }
}

async function onlyNotHealed(disturbing: Promise<void> | undefined): Promise<void> {
  try {
    await disturbing;
  } catch (error) {
    if (error instanceof DynoError && error.code === "FAULT_NOT_HEALED") throw error;
    // Anything else was thrown by the trial already.
  }
}
