import type { Random } from "../lib/random.ts";
import type { PlannedDisturbance } from "../record/planned-trial.ts";
import type { FailoverStage } from "../spec/stages/failover.ts";
import type { SwitchoverStage } from "../spec/stages/switchover.ts";
import type { PlannedChoice } from "./ladder-points.ts";
import type { PlanTrial } from "./plan.ts";
import { toPlainJson } from "./to-json.ts";

/**
 * The disturbance comes in this band of the window: late enough that the load is steady, early enough
 * that what follows is seen.
 */
const BAND = { from: 0.2, to: 0.5 } as const;

/** Long enough to average over some thousand transactions; the rate is rounded from it anyway. */
const CALIBRATION = { warmupMs: 1000, windowMs: 4000 } as const;

/** A calibration where the rate is a share, then the trials, each disturbed at an instant of its own. */
export function listDisturbedTrials(
  stage: FailoverStage | SwitchoverStage,
  stageIndex: number,
  { choice, plan }: PlannedChoice,
  random: Random,
): PlanTrial[] {
  const what = stage.kind === "failover" ? stage.fault.id : "switchover";
  const curve =
    stage.kind === "failover"
      ? `failover-${stageIndex + 1}-${what}`
      : `switchover-${stageIndex + 1}`;
  const trialOf = (id: string) => ({
    id,
    stage: stageIndex,
    stageKind: stage.kind,
    curve,
    curveTitle: `${what} under ${plan.title.split(",")[0]!}`,
    point: curve,
    workload: choice.id,
    workloadOptions: toPlainJson(plan.settledOptions),
    clients: stage.clients,
    seed: random.fork(`trial/${id}`).integer(1, 2 ** 31 - 1),
    cooldownMs: 0,
    dataset: plan.dataset?.key ?? null,
    between: "keep" as const,
  });
  const share = "share" in stage.load ? stage.load.share : null;
  const calibration: PlanTrial = {
    ...trialOf(`${curve}-calibration`),
    ...CALIBRATION,
    repetition: 1,
    mode: "closed",
    rateTps: null,
    calibrates: true,
  };
  const disturbed = Array.from({ length: stage.trials }, (_, i): PlanTrial => {
    const trial = trialOf(`${curve}-r${i + 1}`);
    return {
      ...trial,
      repetition: i + 1,
      mode: "open",
      ...("share" in stage.load
        ? { rateTps: null, rateShare: stage.load.share }
        : { rateTps: stage.load.rateTps }),
      warmupMs: stage.warmupMs,
      windowMs: stage.windowMs,
      disturbance: disturbanceOf(stage, random.fork(`phase/${trial.id}`)),
    };
  });
  return share === null ? disturbed : [calibration, ...disturbed];
}

function disturbanceOf(stage: FailoverStage | SwitchoverStage, random: Random): PlannedDisturbance {
  const { atMs, holdMs } = disturbanceAt(stage, random);
  const isFault = stage.kind === "failover";
  return {
    kind: stage.kind,
    fault: isFault ? stage.fault.id : null,
    faultOptions: isFault ? toPlainJson(stage.fault.options) : null,
    atMs,
    holdMs: isFault ? (stage.holdMs ?? holdMs) : 0,
    recoveryLimitMs: stage.recoveryLimitMs,
  };
}

/** When within the load the disturbance comes, and for how long it stays: half of what is left then. */
export function disturbanceAt(
  { warmupMs, windowMs }: { readonly warmupMs: number; readonly windowMs: number },
  random: Random,
): Pick<PlannedDisturbance, "atMs" | "holdMs"> {
  const share = BAND.from + (BAND.to - BAND.from) * random.next();
  const atMs = Math.round(warmupMs + windowMs * share);
  return { atMs, holdMs: Math.round((warmupMs + windowMs - atMs) / 2) };
}
