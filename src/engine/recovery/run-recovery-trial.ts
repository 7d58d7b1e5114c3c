import type { TargetHandle } from "../../contracts/target-handle.ts";
import { DynoError, messageOf } from "../../lib/errors.ts";
import { whyNotCapable, type CapabilityName } from "../../contracts/capabilities.ts";
import type { Workload } from "../../contracts/workload.ts";
import type { RecoveryKind } from "../../record/planned-trial.ts";
import type { TrialScene } from "../run-trial.ts";
import { drillCrash } from "./drill-crash.ts";
import { drillPitr } from "./drill-pitr.ts";
import { drillRebuild } from "./drill-rebuild.ts";
import type { Drilled, DrillScene, RecoveryTrial } from "./drill-scene.ts";

/** What each recovery needs of the target. */
const NEEDS: Readonly<Record<RecoveryKind, readonly CapabilityName[]>> = {
  crash: ["crash"],
  rebuild: ["rebuild"],
  pitr: ["recovery"],
};

const DRILLS: Readonly<Record<RecoveryKind, (scene: DrillScene) => Promise<Drilled>>> = {
  crash: drillCrash,
  rebuild: drillRebuild,
  pitr: drillPitr,
};

/**
 * One recovery from a known size, its times into the record. The trial's window is the recovery itself.
 *
 * @throws {DynoError} RECOVERY_NOT_POSSIBLE, RECOVERY_WAL_NOT_WRITTEN; what the load or the target
 * threw, after it is written down; the signal's reason.
 */
export async function runRecoveryTrial(
  trial: RecoveryTrial,
  workload: Workload,
  scene: TrialScene,
): Promise<void> {
  const { context, target, writer, signal } = scene;
  const { clock } = context;
  writer.event({ kind: "trial-started", atMs: clock.now(), trial: trial.id });
  try {
    const { recovery, startMs, endMs, outcome } = await DRILLS[trial.recovery.kind]({
      ...scene,
      trial,
      workload,
      admin: () => target.adminEndpoint!,
    });
    signal.throwIfAborted();
    writer.event({ kind: "window", atMs: clock.now(), trial: trial.id, startMs, endMs });
    writer.event({ kind: "recovery", atMs: clock.now(), trial: trial.id, recovery });
    writer.event({
      kind: "trial-ended",
      atMs: clock.now(),
      trial: trial.id,
      outcome: { ...outcome, databaseBytesBefore: null, databaseBytesAfter: null },
    });
  } catch (error) {
    const because = messageOf(signal.aborted ? signal.reason : error);
    writer.event({ kind: "trial-failed", atMs: clock.now(), trial: trial.id, because });
    throw error;
  } finally {
    writer.sync();
  }
}

/**
 * Asked before any data is loaded.
 * @throws {DynoError} RECOVERY_NOT_POSSIBLE
 */
export async function refuseRecovery(
  kind: RecoveryKind,
  { can, adminEndpoint }: TargetHandle,
): Promise<void> {
  const because =
    (await whyNotCapable(can, NEEDS[kind])) ??
    (adminEndpoint === null ? "There is no superuser to ask." : null);
  if (because === null) return;
  throw new DynoError("RECOVERY_NOT_POSSIBLE", { recovery: kind, because });
}
