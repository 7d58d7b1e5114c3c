import { commonRate } from "../record/load-kind.ts";
import { formatBytes, formatDurationMs } from "../lib/units.ts";
import type { Json } from "../record/json.ts";
import type { Plan, PlannedDataset, StageSummary } from "./plan.ts";

/** More trials than this are not listed one by one. */
const MAX_LISTED_TRIALS = 12;

/** The plan for people, a page of text. */
export function renderPlan(plan: Plan): string {
  return [
    `Experiment ${plan.name} (seed ${plan.seed}): ${tellTrials(plan)} ${formatDurationMs(plan.estimatedMs)}.`,
    "",
    "Target",
    `  ${plan.target.id}: ${plan.target.summary}`,
    `  ${showOptions(plan.target.options)}`,
    ...section("Objectives", renderObjectives(plan)),
    ...section("Data", plan.datasets.map(renderDataset)),
    ...plan.stages.flatMap((stage) => section(titleOf(stage), linesOf(stage))),
    ...section("Workers", plan.workers),
    ...section("Order", renderOrder(plan)),
    ...section("Time", renderTime(plan)),
    ...section("Disk", [renderDisk(plan)]),
    ...section("Memory", renderMemory(plan)),
    ...section("Programs", plan.needs.length === 0 ? [] : [plan.needs.join(", ")]),
    ...section("Mind", plan.warnings),
    "",
    "Nothing was touched.",
  ].join("\n");
}

/** `16 trials, about`, or `at most 40 trials, at most`. */
export function tellTrials({ stages }: Plan): string {
  const trials = stages.reduce((sum, stage) => sum + stage.trials, 0);
  const noun = `${trials} ${trials === 1 ? "trial" : "trials"}`;
  return stages.some(({ isDecidedOnTheWay }) => isDecidedOnTheWay)
    ? `at most ${noun} and`
    : `${noun}, about`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
}

function linesOf({ workloads, lines }: StageSummary): string[] {
  const loads = workloads.flatMap(({ id, title, options }) => [
    `${id}: ${title}`,
    `  ${showOptions(options)}`,
  ]);
  return [...loads, ...lines];
}

function titleOf(summary: StageSummary): string {
  const { stage, kind, trials, points, repetitions, estimatedMs } = summary;
  if (summary.isDecidedOnTheWay) {
    return `Stage ${stage + 1}: ${kind}, at most ${trials} trials, decided on the way, ${formatDurationMs(estimatedMs)}`;
  }
  if (trials === 1) return `Stage ${stage + 1}: ${kind}, ${formatDurationMs(estimatedMs)}`;
  return `Stage ${stage + 1}: ${kind}, ${trials} trials (${points} ${points === 1 ? "point" : "points"} × ${repetitions}), ${formatDurationMs(estimatedMs)}`;
}

/** Every option with its default filled in, as one would write it. */
function showOptions(options: Json): string {
  return JSON.stringify(options)
    .replaceAll(/"(\w+)":/g, "$1: ")
    .replaceAll(",", ", ");
}

function renderObjectives({ objectives, loads = {} }: Plan): string[] {
  const { rpoTransactions, rtoMs, p50Ms, p95Ms, p99Ms, throughputTps } = objectives;
  const goals: (string | null)[] = [
    rpoTransactions === null ? null : `lose at most ${rpoTransactions} transactions`,
    rtoMs === null ? null : `back within ${formatDurationMs(rtoMs)}`,
    p50Ms === null ? null : `p50 at most ${formatDurationMs(p50Ms)}`,
    p95Ms === null ? null : `p95 at most ${formatDurationMs(p95Ms)}`,
    p99Ms === null ? null : `p99 at most ${formatDurationMs(p99Ms)}`,
    throughputTps === null
      ? null
      : `at least ${throughputTps.toLocaleString("en-US")} ${commonRate(Object.values(loads).map(({ unit }) => unit))}`,
  ];
  const { throughputTps: share = null, ...times } = objectives.ofFirstLook ?? {};
  if (share !== null) goals.push(`at least ${share * 100} % of the throughput of a first look`);
  for (const [name, most] of Object.entries(times)) {
    if (most === null) continue;
    goals.push(`${name.slice(0, 3)} at most ${most * 100} % of that of a first look`);
  }
  const given = goals.filter((goal) => goal !== null);
  return given.length === 0 ? ["none: the result is described, not judged"] : [given.join(", ")];
}

function renderDataset({
  title,
  estimatedBytes,
  estimatedMs,
  loads,
  kept,
}: PlannedDataset): string {
  const size = estimatedBytes === null ? "size not known in advance" : formatBytes(estimatedBytes);
  const times = loads === 1 ? "loaded once" : `loaded ${loads} times`;
  const copy = kept ? ", a copy is kept to restore from" : "";
  return `${title}: ${size}, ${times} in ${formatDurationMs(estimatedMs)}${loads === 1 ? "" : " each"}${copy}`;
}

function renderOrder({ trials }: Plan): string[] {
  if (trials.length === 0) return [];
  const shown = trials.slice(0, MAX_LISTED_TRIALS).map(({ id }, i) => `${i + 1}. ${id}`);
  const left = trials.length - shown.length;
  return left === 0 ? shown : [...shown, `… and ${left} more; \`--format json\` lists all`];
}

function renderTime({ phases, estimatedMs }: Plan): string[] {
  const width = Math.max(...phases.map(({ title }) => title.length));
  return [...phases, { title: "total", estimatedMs }].map(
    (phase) => `${phase.title.padEnd(width)}  ${formatDurationMs(phase.estimatedMs)}`,
  );
}

function renderDisk({ disk: { neededBytes, freeBytes, path, parts } }: Plan): string {
  const made = parts.map(({ title, bytes }) => `${title} ${formatBytes(bytes)}`).join(", ");
  const needed =
    neededBytes === null
      ? "need not known in advance"
      : `about ${formatBytes(neededBytes)} needed (${made})`;
  if (path === null) return `${needed}, on the target`;
  const free = freeBytes === null ? "free space not known" : `${formatBytes(freeBytes)} free`;
  return `${needed}, ${free} (${path})`;
}

function renderMemory({ memory: { availableBytes, sharedBuffersBytes, regimes } }: Plan): string[] {
  const available =
    availableBytes === null
      ? "not known before the target is up"
      : `${formatBytes(availableBytes)} for the database`;
  const buffers =
    sharedBuffersBytes === null ? "" : `, shared_buffers ${formatBytes(sharedBuffersBytes)}`;
  return [`${available}${buffers}`, ...regimes];
}
