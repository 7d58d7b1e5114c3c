import type { TargetPlan } from "../contracts/target-plan.ts";
import { loadMs } from "../record/load-ms.ts";
import type { PlannedDataset, PlannedPhase, PlanTrial } from "./plan.ts";

/** A cautious guess for a plain SSD; a template database is copied file by file. */
const COPY_BYTES_PER_MS = 200_000;

/** Connecting, a checkpoint before the window, reading counters before and after. */
const TRIAL_OVERHEAD_MS = 500;

/** One server stops, another starts. */
const SWITCH_MS = 1500;
/** `initdb`, roles and database. */
const INITIALISE_MS = 2500;

/** Statistics and the report: a guess that holds for some tens of trials. */
const READING_MS = 3000;

/** Where the time goes, in order. */
export function listPhases({
  trials,
  datasets,
  targetPlan,
  aftermathMs,
}: {
  readonly trials: readonly PlanTrial[];
  readonly datasets: readonly PlannedDataset[];
  readonly targetPlan: TargetPlan;
  /** From the end of a trial's load until the next one may begin. */
  aftermathMs(trial: PlanTrial): number;
}): PlannedPhase[] {
  const loadingMs = sum(datasets, ({ estimatedMs, loads }) => estimatedMs * loads);
  const keepMs = sum(datasets, ({ kept, loads, estimatedBytes }) =>
    kept ? loads * copyMs(estimatedBytes) : 0,
  );
  const loading = trials.filter(({ observes }) => observes !== true);
  const measureMs = sum(loading, loadMs);
  const watchMs = sum(trials, ({ observes, windowMs }) => (observes === true ? windowMs : 0));
  const betweenMs =
    loading.length * TRIAL_OVERHEAD_MS +
    sum(trials, (trial) => restoreMs(trial, datasets) + aftermathMs(trial)) +
    versionsMs(trials);
  return [
    { title: "target up and down", estimatedMs: targetPlan.estimatedMs },
    { title: "load data", estimatedMs: loadingMs + keepMs },
    { title: "put load on", estimatedMs: measureMs },
    ...(watchMs === 0 ? [] : [{ title: "watch", estimatedMs: watchMs }]),
    { title: "between trials", estimatedMs: betweenMs },
    { title: "analysis and report", estimatedMs: READING_MS },
  ];
}

/** What it takes to put the kept data back before this trial; 0 where it is left as it is. */
export function restoreMs(trial: PlanTrial, datasets: readonly PlannedDataset[]): number {
  if (trial.between === "keep" || trial.dataset === null) return 0;
  return copyMs(datasets.find(({ key }) => key === trial.dataset)?.estimatedBytes ?? null);
}

/** What other versions of PostgreSQL take to come up, and to take turns. */
function versionsMs(trials: readonly PlanTrial[]): number {
  const versions = trials.map(({ version = null }) => version);
  const switches = versions.filter((version, i) => version !== (versions[i - 1] ?? null)).length;
  return switches * SWITCH_MS + (new Set(versions).size - 1) * INITIALISE_MS;
}

function copyMs(bytes: number | null): number {
  return (bytes ?? 0) / COPY_BYTES_PER_MS;
}

function sum<T>(items: readonly T[], read: (item: T) => number): number {
  return items.reduce((total, item) => total + read(item), 0);
}
