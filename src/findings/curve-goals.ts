import { commonRate } from "../record/load-kind.ts";
import type { CurveAnalysis, FirstLook } from "../analysis/model.ts";
import { formatDurationMs, formatNumber } from "../lib/units.ts";
import type { Objectives } from "../record/format.ts";

export type GoalName = "throughputTps" | "p50Ms" | "p95Ms" | "p99Ms";

/** What one curve is held against. */
export interface CurveGoal {
  readonly curve: CurveAnalysis;
  /** In the unit of its name; `null` where the first look that it is a share of does not give it. */
  readonly value: number | null;
  /** Why there is none. */
  readonly because: string | null;
}

/** True where the experiment has a goal of this name, as a figure or as a share. */
export function hasGoal(objectives: Objectives, name: GoalName): boolean {
  return objectives[name] !== null || shareOf(objectives, name) !== null;
}

/** A figure is for every curve; a share for those that had a first look. */
export function goalsOn(
  curves: readonly CurveAnalysis[],
  objectives: Objectives,
  name: GoalName,
): CurveGoal[] {
  const value = objectives[name];
  if (value !== null) return curves.map((curve) => ({ curve, value, because: null }));
  const share = shareOf(objectives, name);
  if (share === null) return [];
  return curves.flatMap((curve) =>
    curve.firstLook === null ? [] : [{ curve, ...goalFrom(curve.firstLook, name, share) }],
  );
}

/** `at least 2,000 tps`, or `at least 28,900 tps: 70 % of what a first look found`. */
export function tellGoal(
  objectives: Objectives,
  name: GoalName,
  goals: readonly CurveGoal[],
): string {
  const bound = name === "throughputTps" ? "at least" : "at most";
  const figure = (value: number) =>
    name === "throughputTps"
      ? `${formatNumber(value)} ${commonRate(goals.map(({ curve }) => curve.unit))}`
      : formatDurationMs(value);
  const value = objectives[name];
  if (value !== null) return `${bound} ${figure(value)}`;
  const from = `${formatNumber(shareOf(objectives, name)! * 100)} % of what a first look found`;
  const [only] = goals;
  return goals.length === 1 && only!.value !== null
    ? `${bound} ${figure(only!.value)}, ${from}`
    : `${bound} ${from}`;
}

function shareOf({ ofFirstLook }: Objectives, name: GoalName): number | null {
  return ofFirstLook?.[name] ?? null;
}

function goalFrom(
  { throughputTps, latency, validity, trial }: FirstLook,
  name: GoalName,
  share: number,
): Pick<CurveGoal, "value" | "because"> {
  if (validity.is === "invalid") {
    const reason = validity.reasons.find(({ grade }) => grade === "invalid");
    const because = `The first look, ${trial}, cannot be believed: ${reason?.because ?? ""}`;
    return { value: null, because };
  }
  const found = name === "throughputTps" ? throughputTps : latency[name];
  return found === null
    ? { value: null, because: `The first look, ${trial}, saw too few transactions.` }
    : { value: found * share, because: null };
}
