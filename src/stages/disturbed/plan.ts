import type { Random } from "../../lib/random.ts";
import { formatDurationMs } from "../../lib/units.ts";
import type { PlanTrial } from "../../plan/plan.ts";
import { shortTitle } from "../../plan/planned-choice.ts";
import { clientLevels, placeChoice } from "../../plan/stage-loads.ts";
import type { PlanScene, StagePlanner } from "../../plan/stage-planner.ts";
import { toPlainJson } from "../../plan/to-json.ts";
import type { PlannedDisturbance } from "../../record/planned-trial.ts";
import type { Choice } from "../../spec/choice.ts";
import type { DisturbedLoad } from "./schema.ts";

/** A stage that disturbs its load: by a fault, or where it has none by a switchover. */
interface DisturbedStage extends DisturbedLoad {
  readonly kind: PlannedDisturbance["kind"];
  readonly fault?: Choice;
  /** How long the fault is kept in force; `null` for half of what is left of the trial. */
  readonly holdMs?: number | null;
}

export const disturbedPlanner: StagePlanner<DisturbedStage> = {
  loads: ({ workload, clients }, place) => ({
    choices: [placeChoice(withLedger(workload), ...place, "workload")],
    levels: clientLevels(clients, place),
  }),
  plan: (stage, scene) => ({ trials: listDisturbedTrials(stage, scene) }),
  tell: (stage, { own }) => ({
    points: 1,
    repetitions: stage.trials,
    lines: linesOf(stage, own),
  }),
  aftermathMs: disturbedAftermathMs,
};

/**
 * The disturbance comes in this band of the window: late enough that the load is steady, early enough
 * that what follows is seen.
 */
const BAND = { from: 0.2, to: 0.5 } as const;

/** Long enough to average over some thousand transactions; the rate is rounded from it anyway. */
const CALIBRATION = { warmupMs: 1000, windowMs: 4000 } as const;

/** A calibration where the rate is a share, then the trials, each disturbed at an instant of its own. */
function listDisturbedTrials(
  stage: DisturbedStage,
  { index, choices: [first], random }: PlanScene,
): PlanTrial[] {
  const { choice, plan } = first!;
  const { kind, fault } = stage;
  const curve = [kind, index + 1, ...(fault === undefined ? [] : [fault.id])].join("-");
  const trialOf = (id: string) => ({
    id,
    stage: index,
    stageKind: kind,
    curve,
    curveTitle: `${fault?.id ?? kind} under ${shortTitle(plan)}`,
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

function disturbanceOf(stage: DisturbedStage, random: Random): PlannedDisturbance {
  const { kind, fault, recoveryLimitMs } = stage;
  const { atMs, holdMs } = disturbanceAt(stage, random);
  return {
    kind,
    fault: fault?.id ?? null,
    faultOptions: fault === undefined ? null : toPlainJson(fault.options),
    atMs,
    holdMs: fault === undefined ? 0 : (stage.holdMs ?? holdMs),
    recoveryLimitMs,
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

/** A small old primary is rewound or copied anew in seconds. */
const AFTERMATH_MS = 8000;

/** Until redundancy is whole and every write was looked for; 0 where nothing is broken. */
export function disturbedAftermathMs({ disturbance }: PlanTrial): number {
  return disturbance === undefined ? 0 : AFTERMATH_MS;
}

/** What was lost can only be told where every write was written down. */
export function withLedger({ id, options }: Choice): Choice {
  const { ledger } = options as { readonly ledger?: unknown };
  return {
    id,
    options: { ...(options as object), ledger: typeof ledger === "object" ? ledger : true },
  };
}

function linesOf(stage: DisturbedStage, own: readonly PlanTrial[]): string[] {
  const from = own.find(({ rateFromStage }) => rateFromStage !== undefined)?.rateFromStage;
  const measured = from === undefined ? "measured before" : `as measured in stage ${from + 1}`;
  const rate =
    "share" in stage.load
      ? `${Math.round(stage.load.share * 100)} % of what it reaches undisturbed, ${measured}`
      : `${stage.load.rateTps} tps`;
  const what = stage.fault === undefined ? stage.kind : `fault ${stage.fault.id}`;
  return [
    `open loop, ${rate}, on ${stage.clients} connections; every write in a ledger`,
    `${stage.trials} × ${formatDurationMs(stage.warmupMs)} warm-up, ${formatDurationMs(stage.windowMs)} load with one ${what} at an instant drawn from the seed`,
    `after each: at most ${formatDurationMs(stage.recoveryLimitMs)} until redundancy is whole, then every acknowledged write is looked for`,
  ];
}
