import { messageOf } from "../../../lib/errors.ts";
import type { Workload } from "../../../contracts/workload.ts";
import type { RecoveryKind } from "../../../record/planned-trial.ts";
import type { TrialScene } from "../../../engine/trial-scene.ts";
import { drillCrash } from "./drill-crash.ts";
import { drillPitr } from "./drill-pitr.ts";
import { drillRebuild } from "./drill-rebuild.ts";
import type { Drilled, DrillScene, RecoveryTrial } from "./drill-scene.ts";

const DRILLS: Readonly<Record<RecoveryKind, (scene: DrillScene) => Promise<Drilled>>> = {
  crash: drillCrash,
  rebuild: drillRebuild,
  pitr: drillPitr,
};

/**
 * One recovery from a known size, its times into the record. The trial's window is the recovery itself.
 *
 * @throws {DynoError} RECOVERY_WAL_NOT_WRITTEN; what the load or the target
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
