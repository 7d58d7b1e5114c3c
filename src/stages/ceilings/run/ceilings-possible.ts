import { whyNoFault, type StageNeeds } from "../../../engine/stage-runner.ts";
import { DynoError } from "../../../lib/errors.ts";
import type { PlanTrial } from "../../../plan/plan.ts";
import type { PlannedCeiling } from "../../../record/planned-trial.ts";

/** The fault that keeps WAL back from a station; `null` where nothing is kept back. */
export const HOLDS = {
  generator: null,
  load: null,
  forecast: null,
  archive: "archive-hanging",
  network: "freeze-walreceiver",
  replay: "pause-replay",
} as const satisfies Record<PlannedCeiling["of"], string | null>;

/** An archive of a server that pgdyno does not run is measured too, by what piles up of itself. */
export async function whyNoCeilings(
  trials: readonly PlanTrial[],
  { handle, target, faults, isSimulated }: StageNeeds,
): Promise<DynoError | null> {
  const planned = trials.flatMap(({ ceiling }) => ceiling ?? []);
  const impossible = (because: string) => new DynoError("CEILINGS_NOT_POSSIBLE", { because });
  if (isSimulated) {
    return impossible(
      "a simulated target writes no WAL, so there is nothing to keep back and time",
    );
  }
  const isOfCluster = ({ of, under }: PlannedCeiling) =>
    of === "network" || of === "replay" || under !== null;
  if (planned.some(isOfCluster) && handle.cluster === undefined) {
    return new DynoError("CLUSTER_MISSING", { stage: trials[0]!.stageKind, target });
  }
  if (
    planned.some(({ of }) => of === "replay") &&
    handle.cluster?.synchronous?.commit === "remote_apply"
  ) {
    return impossible(
      "commits wait for replay (`remote_apply`), so nothing piles up while it is paused",
    );
  }
  const holds = handle.cluster === undefined ? [] : planned.map(({ of }) => HOLDS[of]);
  const unders = planned.map(({ under }) => under?.fault ?? null);
  return whyNoFault([...holds, ...unders], handle, faults);
}
