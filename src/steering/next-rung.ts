import { SEARCH_THRESHOLDS } from "../analysis/search/thresholds.ts";
import { decideStopping } from "../analysis/statistics/adaptive-stopping.ts";
import { varianceOf } from "../analysis/statistics/moments.ts";
import { studentTQuantile } from "../analysis/statistics/student-t.ts";
import { THRESHOLDS } from "../analysis/statistics/thresholds.ts";
import { bestRung, nextUnseenRung, seenRungs, type ClimbedRung, type SeenRung } from "./climb.ts";

export interface RungPlan {
  readonly clients: readonly number[];
  /** Wanted half-width of the best rung's interval, share of its mean. */
  readonly precisionShare: number;
  /** Repetitions that the best rung gets at least, and any rung at most. */
  readonly runsMin: number;
  readonly runsMax: number;
  readonly trialsMax: number;
  /** `null`: no budget of time. */
  readonly budgetMs: number | null;
  /** What one trial takes. */
  readonly trialMs: number;
}

export type RungStep =
  | { readonly is: "trial"; readonly clients: number; readonly because: string }
  | { readonly is: "done"; readonly because: string };

/**
 * Which rung of a closed ladder to measure next, from what was measured so far.
 *
 * Looks for the peak by climbing, then down to the first rung that is surely below the knee; after
 * that repetitions go to the best rung until its interval is tight, and to rungs that may yet be
 * better than it or that may be the knee. A rung that is surely beaten gets no more.
 */
export function nextRung(plan: RungPlan, rungs: readonly ClimbedRung[]): RungStep {
  const trials = rungs.reduce((sum, { values }) => sum + values.length, 0);
  const over = whyOver(plan, trials);
  if (over !== null) return { is: "done", because: over };
  const unseen = nextUnseenRung(plan.clients, rungs);
  if (unseen !== null) return trial(unseen, "not looked at yet, on the way to the peak");
  const seen = seenRungs(rungs);
  const best = bestRung(seen);
  if (best === null) return { is: "done", because: "No rung gave any figures." };
  const lower = belowTheKnee(plan.clients, seen, best, rungs);
  if (lower !== null) return trial(lower, "the rung above is as good as the best");
  const needy = listNeedy(plan, seen, best);
  const next = needy.reduce<Needy | null>(
    (least, one) =>
      least === null || one.rung.values.length < least.rung.values.length ? one : least,
    null,
  );
  if (next !== null) return trial(next.rung.clients, next.because);
  return { is: "done", because: stoppingOf(plan, best).because };
}

function trial(clients: number, because: string): RungStep {
  return { is: "trial", clients, because: `${clients} clients: ${because}.` };
}

function whyOver({ trialsMax, budgetMs, trialMs }: RungPlan, trials: number): string | null {
  if (trials >= trialsMax) return `${trialsMax} trials are the limit.`;
  if (budgetMs !== null && (trials + 1) * trialMs > budgetMs) {
    return "One more trial does not fit into the time budget.";
  }
  return null;
}

/** The next rung down where the lowest one seen may itself be the knee. */
function belowTheKnee(
  clients: readonly number[],
  seen: readonly SeenRung[],
  best: SeenRung,
  rungs: readonly ClimbedRung[],
): number | null {
  const lowest = seen[0]!;
  if (lowest.mean < (1 - THRESHOLDS.kneeShare) * best.mean) return null;
  const ladder = clients.toSorted((a, b) => a - b);
  const below = ladder[ladder.indexOf(lowest.clients) - 1];
  const isTried = rungs.some((one) => one.clients === below && one.values.length > 0);
  return below === undefined || isTried ? null : below;
}

interface Needy {
  readonly rung: SeenRung;
  readonly because: string;
}

function listNeedy(plan: RungPlan, seen: readonly SeenRung[], best: SeenRung): Needy[] {
  const needy: Needy[] = [];
  const stopping = stoppingOf(plan, best);
  if (stopping.decision === "continue") {
    needy.push({ rung: best, because: `the best so far, ${stopping.because.slice(0, -1)}` });
  }
  const noise = pooledNoise(seen);
  if (noise === null) return needy;
  for (const rung of seen) {
    if (rung === best || rung.values.length >= plan.runsMin) continue;
    const margin =
      noise.t * noise.share * Math.sqrt(1 / rung.values.length + 1 / best.values.length);
    const ratio = rung.mean / best.mean;
    if (ratio + margin > 1 + SEARCH_THRESHOLDS.closeShare) {
      needy.push({ rung, because: "it may yet be the best" });
    } else if (
      Math.abs(ratio - (1 - THRESHOLDS.kneeShare)) < margin &&
      rung.clients < best.clients
    ) {
      needy.push({ rung, because: "it may be the knee" });
    }
  }
  return needy;
}

function stoppingOf({ precisionShare, runsMin, runsMax }: RungPlan, best: SeenRung) {
  return decideStopping(
    { runs: best.values, elapsedMs: 0, nextRunMs: null },
    { targetShare: precisionShare, runsMin, runsMax },
  );
}

/** Relative deviation of one trial over all rungs that were repeated, with Student's factor. */
function pooledNoise(seen: readonly SeenRung[]): { share: number; t: number } | null {
  let squares = 0;
  let freedom = 0;
  for (const { values, mean } of seen) {
    if (mean <= 0) continue;
    squares += ((varianceOf(values) ?? 0) / mean ** 2) * (values.length - 1);
    freedom += values.length - 1;
  }
  const t = studentTQuantile((1 + THRESHOLDS.confidence) / 2, freedom);
  return freedom < 1 || t === null ? null : { share: Math.sqrt(squares / freedom), t };
}
