import type { TargetHandle } from "../../contracts/target-handle.ts";
import type { Fault } from "../../contracts/fault.ts";
import { DynoError } from "../../lib/errors.ts";
import type { Plan } from "../../plan/plan.ts";
import type { PlannedCeiling } from "../../record/planned-trial.ts";

/** The fault that keeps WAL back from a station; `null` where nothing is kept back. */
export const HOLDS = {
  generator: null,
  load: null,
  forecast: null,
  archive: "archive-hanging",
  network: "freeze-walreceiver",
  replay: "pause-replay",
} as const satisfies Record<PlannedCeiling["of"], string | null>;

/**
 * Asked before any data is loaded. An archive of a server that pgdyno does not run is measured too, by
 * what piles up of itself.
 *
 * @throws {DynoError} CLUSTER_MISSING, CEILINGS_NOT_POSSIBLE, FAULT_NOT_POSSIBLE
 */
export async function refuseImpossibleCeilings(
  { trials, target }: Plan,
  handle: TargetHandle,
  { faults, isSimulated }: { readonly faults: readonly Fault[]; readonly isSimulated: boolean },
): Promise<void> {
  const planned = trials.flatMap(({ ceiling }) => ceiling ?? []);
  if (planned.length === 0) return;
  if (isSimulated) {
    throw new DynoError("CEILINGS_NOT_POSSIBLE", {
      because: "a simulated target writes no WAL, so there is nothing to keep back and time",
    });
  }
  const needed = new Set<string>();
  for (const { of, under } of planned) {
    const isOfCluster = of === "network" || of === "replay" || under !== null;
    if (isOfCluster && handle.cluster === undefined) {
      throw new DynoError("CLUSTER_MISSING", { stage: "ceilings", target: target.id });
    }
    if (under !== null) needed.add(under.fault);
    if (HOLDS[of] !== null && handle.cluster !== undefined) needed.add(HOLDS[of]);
  }
  if (
    planned.some(({ of }) => of === "replay") &&
    handle.cluster?.synchronous?.commit === "remote_apply"
  ) {
    throw new DynoError("CEILINGS_NOT_POSSIBLE", {
      because: "commits wait for replay (`remote_apply`), so nothing piles up while it is paused",
    });
  }
  for (const id of needed) {
    const fault = faults.find((one) => one.id === id);
    if (fault === undefined) throw new Error(`There is no fault \`${id}\`.`);
    const because = await fault.whyNot(handle);
    if (because !== null) throw new DynoError("FAULT_NOT_POSSIBLE", { fault: id, because });
  }
}
