import { remarkOn, type Remark } from "../contracts/remark.ts";
import type { TargetPlan } from "../contracts/target-plan.ts";
import { formatDurationMs } from "../lib/units.ts";
import { isOnCurve } from "../record/is-on-curve.ts";
import { estimateCheckpointCycleMs, QUICK_CYCLES, WHOLE_CYCLES } from "./checkpoint-cycle.ts";
import type { Experiment } from "../spec/experiment.ts";
import type { PlannedDataset, PlanTrial } from "./plan.ts";

/** Why the result can only be a quick look; nothing where every window under writes holds whole cycles. */
export function warnOfShortWindows(
  trials: readonly PlanTrial[],
  { checkpointTimeoutMs, maxWalBytes }: TargetPlan,
): Remark[] {
  // What a fault does is no matter of checkpoint cycles, and reads have none.
  const measured = trials.filter((trial) => isOnCurve(trial) && trial.readsOnly !== true);
  const [shortest] = measured.toSorted((a, b) => a.windowMs - b.windowMs);
  if (shortest === undefined) return [];
  const { windowMs, stage, stageKind } = shortest;
  const cycleMs = estimateCheckpointCycleMs({
    checkpointTimeoutMs,
    maxWalBytes,
    walBytesPerS: null,
  });
  if (windowMs >= WHOLE_CYCLES * cycleMs) return [];
  const cycle = `checkpoint cycles of up to ${formatDurationMs(cycleMs)}`;
  const wanted = formatDurationMs(WHOLE_CYCLES * cycleMs);
  const message =
    windowMs < QUICK_CYCLES * cycleMs
      ? `Quick: a window of ${formatDurationMs(windowMs)} holds not even two ${cycle}, ` +
        `so throughput under writes may come out too high or too low. For figures to rely on, use windows of ${wanted}, ` +
        "or set a shorter checkpoint_timeout."
      : `Quick: a window of ${formatDurationMs(windowMs)} under writes holds fewer than four ${cycle}. ` +
        `Windows of ${wanted} average the swing between checkpoints better.`;
  return [remarkOn(["stages", stage, stageKind, "duration"], message)];
}

/** Goals that are shares of a first look which no stage takes. */
export function warnOfNoLook(
  { ofFirstLook }: Experiment["objectives"],
  trials: readonly PlanTrial[],
): Remark[] {
  if (ofFirstLook === undefined || trials.some(({ role }) => role === "first-look")) return [];
  const message =
    "The goals are shares of a first look, and no ladder here has one: that takes a list of clients and at least two repetitions.";
  return [{ path: ["objectives"], at: "key", message, didYouMean: null }];
}

/** Data that is loaded several times, at some cost. */
export function warnOfReloads(datasets: readonly PlannedDataset[]): Remark[] {
  const again = datasets.filter(({ loads }) => loads > 1);
  const costMs = again.reduce((sum, { loads, estimatedMs }) => sum + (loads - 1) * estimatedMs, 0);
  // Below a minute nobody minds, and the blocks are worth it.
  if (costMs < 60_000) return [];
  const titles = again.map(({ title, loads }) => `${title} (${loads} times)`).join(", ");
  const message =
    `Data is loaded again and again, which costs ${formatDurationMs(costMs)}: ${titles}. ` +
    "Put workloads on different data into stages of their own to load each once.";
  return [{ path: ["stages"], at: "key", message, didYouMean: null }];
}
