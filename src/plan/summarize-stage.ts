import { formatBytes, formatDurationMs } from "../lib/units.ts";
import type { Stage } from "../spec/experiment.ts";
import type { CeilingsStage } from "../spec/stages/ceilings.ts";
import type { FailoverStage } from "../spec/stages/failover.ts";
import type { CompareStage } from "../spec/stages/compare.ts";
import type { LadderStage } from "../spec/stages/ladder.ts";
import type { SearchStage } from "../spec/stages/search.ts";
import type { RecoveryStage } from "../spec/stages/recovery.ts";
import type { SwitchoverStage } from "../spec/stages/switchover.ts";
import type { TargetPlan } from "../contracts/target.ts";
import type { SyncSurfaceStage } from "../spec/stages/sync-surface.ts";
import { settleVariants } from "./compare-trials.ts";
import { listSurfacePoints } from "./surface-points.ts";
import type { PlannedChoice } from "./ladder-points.ts";
import { aftermathMs, restoreMs } from "./list-phases.ts";
import type { PlannedDataset, PlanTrial, StageSummary } from "./plan.ts";
import { toJson } from "./to-json.ts";

/** A stage for people: its loads, its levels, how often, how long. */
export function summarizeStage(
  stage: Stage,
  index: number,
  choices: readonly PlannedChoice[],
  all: {
    readonly trials: readonly PlanTrial[];
    readonly datasets: readonly PlannedDataset[];
    readonly target: TargetPlan;
  },
): StageSummary {
  const trials = all.trials.filter((trial) => trial.stage === index);
  const { points, repetitions, lines } = shapeOf(stage, trials, all.target);
  return {
    stage: index,
    kind: stage.kind,
    workloads: choices.map(({ choice, plan }) => ({
      id: choice.id,
      title: plan.title,
      options: toJson(plan.settledOptions),
    })),
    lines,
    points,
    repetitions,
    trials: trials.length,
    isDecidedOnTheWay:
      stage.kind === "search" ||
      (stage.kind === "ceilings" && trials.some(({ ceiling }) => ceiling?.of === "forecast")) ||
      (stage.kind === "ladder" && isOpenEnded(stage)),
    estimatedMs: trials.reduce(
      (sum, trial) => sum + trialMs(trial) + restoreMs(trial, all.datasets) + aftermathMs(trial),
      0,
    ),
  };
}

function isOpenEnded({ precisionShare }: LadderStage): boolean {
  return precisionShare !== null;
}

function shapeOf(
  stage: Stage,
  own: readonly PlanTrial[],
  target: TargetPlan,
): Pick<StageSummary, "points" | "repetitions" | "lines"> {
  const trials = own.length;
  switch (stage.kind) {
    case "ladder": {
      const points = isOpenEnded(stage)
        ? stage.workloads.length * stage.clients.length * (stage.ratesTps?.length ?? 1)
        : own.filter(({ role }) => role !== "first-look").length / stage.repetitions;
      const look = own.find(({ role }) => role === "first-look");
      const first =
        look === undefined
          ? []
          : [`first one trial with ${look.clients} clients, from which the goals are taken`];
      return {
        points,
        repetitions: stage.repetitions,
        lines: [...first, ...linesOfLadder(stage)],
      };
    }
    case "search":
      return { points: 1, repetitions: 1, lines: linesOfSearch(stage) };
    case "compare":
      return {
        points: stage.variants.length,
        repetitions: stage.pairs,
        lines: linesOfCompare(stage, target),
      };
    case "ceilings":
      return { points: trials, repetitions: 1, lines: linesOfCeilings(stage) };
    case "failover":
    case "switchover":
      return { points: 1, repetitions: stage.trials, lines: linesOfDisturbed(stage, own) };
    case "observe":
      return {
        points: 1,
        repetitions: 1,
        lines: [
          `watches for ${formatDurationMs(stage.forMs)} whatever else loads the target; puts no load on, writes nothing`,
        ],
      };
    case "recovery": {
      const { repetitions } = stage;
      return { points: trials / repetitions, repetitions, lines: linesOfRecovery(stage) };
    }
    case "sync-surface": {
      const points = new Set(own.map(({ point }) => point)).size;
      return { points, repetitions: trials / points, lines: linesOfSurface(stage, target) };
    }
  }
}

function linesOfSearch(stage: SearchStage): string[] {
  const goals = Object.entries(stage.until).flatMap(([name, ms]) =>
    ms === null ? [] : [`${name.slice(0, -2)} at most ${formatDurationMs(ms)}`],
  );
  const first = stage.startTps === null ? "half of the peak" : `${stage.startTps} tps`;
  return [
    `peak: closed loop, clients ${stage.clients.join(", ")}, climbed; windows of ${formatDurationMs(stage.closedWindowMs)}`,
    `then open loop from ${first}: doubled, then halved, until ${goals.join(", ")} and nothing queues, to ${stage.precisionShare * 100} %`,
    `${formatDurationMs(stage.warmupMs)} warm-up, ${formatDurationMs(stage.windowMs)} window; the result again over ${formatDurationMs(stage.confirmMs)}, and once at 80 % of it`,
    limitsOf(stage),
  ];
}

function linesOfCompare(stage: CompareStage, target: TargetPlan): string[] {
  const settled = settleVariants(stage, target).variants;
  const variants = stage.variants.map(({ name, parameters, version }, i) => {
    const changes = [
      ...(version === null ? [] : [`PostgreSQL ${version}`]),
      ...Object.entries(settled[i]!.parameters).map(([key, value]) =>
        value === parameters[key] ? `${key} = ${value}` : `${key} = ${value} (${parameters[key]})`,
      ),
    ];
    return `${name}: ${changes.length === 0 ? "as the target is" : changes.join(", ")}`;
  });
  const load =
    stage.rateTps === null
      ? `closed loop, ${stage.clients} clients`
      : `open loop, ${stage.rateTps} tps on ${stage.clients} connections`;
  return [
    load,
    ...variants,
    `${stage.controlPairs} pairs of ${stage.variants[0]!.name} with itself, then ${stage.pairs} blocks of every variant, shuffled; ${formatDurationMs(stage.windowMs)} windows`,
  ];
}

function limitsOf(stage: {
  readonly trialsMax?: number;
  readonly budgetMs: number | null;
}): string {
  const trials = stage.trialsMax === undefined ? [] : [`${stage.trialsMax} trials`];
  const time = stage.budgetMs === null ? [] : [`${formatDurationMs(stage.budgetMs)} of load`];
  return `at most ${[...trials, ...time].join(" and ")}`;
}

function linesOfLadder(stage: LadderStage): string[] {
  const levels =
    stage.ratesTps === null
      ? `closed loop, clients ${stage.clients.join(", ")}`
      : `open loop, ${stage.ratesTps.join(", ")} tps on ${stage.clients.join(", ")} connections`;
  const times = `${formatDurationMs(stage.warmupMs)} warm-up, ${formatDurationMs(stage.windowMs)} window, ${formatDurationMs(stage.cooldownMs)} cool-down`;
  const between =
    stage.between === "restore"
      ? "the loaded data is restored before each trial that writes"
      : "the data grows from trial to trial, and the growth is recorded";
  return [
    levels,
    `${stage.repetitions} × ${times}`,
    `between trials: ${between}; order: ${stage.order} in blocks`,
    ...(stage.precisionShare === null ? [] : [untilPrecise(stage, stage.precisionShare)]),
  ];
}

function untilPrecise({ adaptive, budgetMs }: LadderStage, precisionShare: number): string {
  const what = adaptive
    ? "trials of a quarter of that go where they are needed, until the best rung is known to"
    : "more repetitions where needed, until every point is known to";
  const limit = budgetMs === null ? "" : `, at most ${formatDurationMs(budgetMs)} of load`;
  return `${what} ±${precisionShare * 100} %${limit}`;
}

function linesOfDisturbed(
  stage: FailoverStage | SwitchoverStage,
  own: readonly PlanTrial[],
): string[] {
  const from = own.find(({ rateFromStage }) => rateFromStage !== undefined)?.rateFromStage;
  const measured = from === undefined ? "measured before" : `as measured in stage ${from + 1}`;
  const rate =
    "share" in stage.load
      ? `${Math.round(stage.load.share * 100)} % of what it reaches undisturbed, ${measured}`
      : `${stage.load.rateTps} tps`;
  const what = stage.kind === "failover" ? `fault ${stage.fault.id}` : "switchover";
  return [
    `open loop, ${rate}, on ${stage.clients} connections; every write in a ledger`,
    `${stage.trials} × ${formatDurationMs(stage.warmupMs)} warm-up, ${formatDurationMs(stage.windowMs)} load with one ${what} at an instant drawn from the seed`,
    `after each: at most ${formatDurationMs(stage.recoveryLimitMs)} until redundancy is whole, then every acknowledged write is looked for`,
  ];
}

function linesOfCeilings(stage: CeilingsStage): string[] {
  const under = stage.under === null ? [] : [`under the fault ${stage.under.id} throughout`];
  return [
    `the real load: closed loop, ${stage.clients} clients, ${formatDurationMs(stage.windowMs)}`,
    `archive, network and replay: kept back until ${formatBytes(stage.pileBytes)} of WAL have piled up, then let go and timed, at most ${formatDurationMs(stage.drainMs)} each`,
    "then, where the archive's ceiling was found: more WAL than it can take, and the backlog against its forecast",
    ...under,
  ];
}

function linesOfRecovery(stage: RecoveryStage): string[] {
  const wal = stage.walBytes.map(formatBytes).join(", ");
  const databases = stage.databaseBytes.map(formatBytes).join(", ");
  const { walBytes, databaseBytes } = stage.predict;
  const told = {
    rebuild: `rebuild: a standby copied anew and caught up, with the database at ${databases}`,
    crash: `crash: ${wal} of WAL since the last checkpoint, every process killed, until a write is taken`,
    pitr: `pitr: base backup, ${wal} of WAL, an UPDATE without WHERE, recovery to just before it by ${stage.target}, compared row by row`,
  };
  return [
    ...stage.of.map((kind) => told[kind]),
    `the WAL is written by ${stage.clients} connections in a closed loop, at most ${formatDurationMs(stage.limitMs)} per point`,
    `foretold for ${formatBytes(walBytes)} of WAL and a database of ${formatBytes(databaseBytes)}`,
  ];
}

function linesOfSurface(stage: SyncSurfaceStage, target: TargetPlan): string[] {
  const { points, leftOut } = listSurfacePoints(stage, target);
  const names = points.map(({ name }) => name).join(", ");
  const broken = [
    ...(stage.standbyLoss ? ["a synchronous standby stopped"] : []),
    ...(stage.failover ? ["the primary killed"] : []),
  ];
  return [
    `points: ${names} (synchronous_commit, who confirms, added round trip); durability ${stage.dataDurability}`,
    `each ${stage.repetitions} × closed loop of ${stage.clients} clients, ${formatDurationMs(stage.warmupMs)} warm-up, ${formatDurationMs(stage.windowMs)} window, shuffled in blocks; every write in a ledger`,
    ...(broken.length === 0
      ? ["nothing is broken: no RTO, no RPO"]
      : [
          `then each ${stage.trials} × ${formatDurationMs(stage.warmupMs + stage.disturbedMs)} at ${stage.loadShare * 100} % of what that point reached, with ${broken.join("; and again with ")} at an instant drawn from the seed`,
          `after each: at most ${formatDurationMs(stage.recoveryLimitMs)} until redundancy is whole, then every acknowledged write is looked for`,
        ]),
    ...leftOut.map(({ what, because }) => `not ${what}: ${because}`),
  ];
}

function trialMs({ warmupMs, windowMs, cooldownMs }: PlanTrial): number {
  return warmupMs + windowMs + cooldownMs;
}
