import { whyNotCapable, type CapabilityName } from "../../contracts/capabilities.ts";
import type { StageNeeds, StageRunner } from "../../engine/stage-runner.ts";
import { DynoError } from "../../lib/errors.ts";
import type { RecoveryKind } from "../../record/planned-trial.ts";
import { runRecoveryTrial } from "./run/run-recovery-trial.ts";

/** What each recovery needs of the target. */
const NEEDS: Readonly<Record<RecoveryKind, readonly CapabilityName[]>> = {
  crash: ["crash"],
  rebuild: ["rebuild"],
  pitr: ["recovery"],
};

export const recoveryRunner: StageRunner = {
  run: (trial, scene) =>
    runRecoveryTrial({ ...trial, recovery: trial.recovery! }, scene.workloadOf(trial), scene),
  async whyNot(trials, { handle }) {
    for (const recovery of new Set(trials.map((trial) => trial.recovery!.kind))) {
      const because = await whyNoRecovery(recovery, handle);
      if (because !== null) return new DynoError("RECOVERY_NOT_POSSIBLE", { recovery, because });
    }
    return null;
  },
  endsSessions: true,
};

async function whyNoRecovery(
  kind: RecoveryKind,
  { can, adminEndpoint }: StageNeeds["handle"],
): Promise<string | null> {
  const because = await whyNotCapable(can, NEEDS[kind]);
  return because ?? (adminEndpoint === null ? "There is no superuser to ask." : null);
}
