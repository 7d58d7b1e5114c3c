import { SEARCH_THRESHOLDS } from "../../../analysis/search/thresholds.ts";
import { decideStopping } from "../../../analysis/statistics/adaptive-stopping.ts";
import { varianceOf } from "../../../analysis/statistics/moments.ts";
import type { Readings } from "../../../analysis/statistics/readings.ts";
import { studentTQuantile } from "../../../analysis/statistics/student-t.ts";
import { THRESHOLDS } from "../../../analysis/statistics/thresholds.ts";
import {
  bestRung,
  nextUnseenRung,
  seenRungs,
  type ClimbedRung,
  type SeenRung,
} from "../../../steering/climb.ts";

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
  /** What one look takes. */
  readonly trialMs: number;
  /** What a trial over the whole window takes; `null` where a look is as long as that. */
  readonly wholeMs: number | null;
}

export type RungStep =
  | {
      readonly is: "trial";
      readonly clients: number;
      /** Over the whole window, and no look. */
      readonly isWhole: boolean;
      readonly because: string;
    }
  | { readonly is: "done"; readonly because: string };

const NO_BUDGET = "One more trial does not fit into the time budget.";

/**
 * Which rung of a closed ladder to measure next, from what was measured so far.
 *
 * By looks it climbs to the peak, then down to the first rung that is surely below the knee. Rungs that
 * came close are then measured over the whole window, since a short look right after a checkpoint tells
 * rungs apart but finds less than a long one: the best until its interval is tight, others while they may
 * yet be better or be the knee. A rung that is surely beaten gets no more.
 *
 * @param looks every rung with its short trials
 * @param whole the same with its whole ones
 */
export function nextRung(
  plan: RungPlan,
  looks: readonly ClimbedRung[],
  whole: readonly ClimbedRung[] = [],
): RungStep {
  const { budgetMs, trialMs, trialsMax, wholeMs } = plan;
  const [looked, measured] = [countOf(looks), countOf(whole)];
  const spentMs = looked * trialMs + measured * (wholeMs ?? 0);
  const fits = (ms: number) => budgetMs === null || spentMs + ms <= budgetMs;
  if (looked + measured >= trialsMax) return done(`${trialsMax} trials are the limit.`);
  const seen = seenRungs(looks);
  const best = bestRung(seen);
  const look = measured > 0 ? null : nextLook(plan, looks, seen, best);
  if (look !== null && fits(trialMs)) return look;
  if (best === null) return done(look === null ? "No rung gave any figures." : NO_BUDGET);
  if (wholeMs === null)
    return done(look === null ? stoppingOf(plan, best.values).because : NO_BUDGET);
  const next = nextWhole(plan, seen, best, whole);
  return next.is === "trial" && !fits(wholeMs) ? done(NO_BUDGET) : next;
}

/** Rungs whose looks are close to the best one's, over the whole window, until the best of them is surely known. */
function nextWhole(
  plan: RungPlan,
  looks: readonly SeenRung[],
  bestLook: SeenRung,
  whole: readonly ClimbedRung[],
): RungStep {
  const close = looks
    .filter(({ mean }) => mean >= (1 - SEARCH_THRESHOLDS.closeLookShare) * bestLook.mean)
    .toSorted((a, b) => b.mean - a.mean);
  const unmeasured = close.find(
    ({ clients }) => !whole.some((one) => one.clients === clients && one.values.length > 0),
  );
  if (unmeasured !== undefined) {
    return trial(unmeasured.clients, "its look may be the best: over the whole window", true);
  }
  const seen = seenRungs(whole);
  const best = bestRung(seen);
  if (best === null) return done("No whole trial gave any figures.");
  const next = leastSeen(listNeedy(plan, seen, best));
  if (next === null) return done(stoppingOf(plan, best.values).because);
  return trial(next.rung.clients, `${next.because}, over the whole window`, true);
}

function nextLook(
  plan: RungPlan,
  looks: readonly ClimbedRung[],
  seen: readonly SeenRung[],
  best: SeenRung | null,
): RungStep | null {
  const unseen = nextUnseenRung(plan.clients, looks);
  if (unseen !== null) return trial(unseen, "not looked at yet, on the way to the peak");
  if (best === null) return null;
  const lower = belowTheKnee(plan.clients, seen, best, looks);
  if (lower !== null) return trial(lower, "the rung above is as good as the best");
  const next = plan.wholeMs === null ? leastSeen(listNeedy(plan, seen, best)) : null;
  return next === null ? null : trial(next.rung.clients, next.because);
}

function leastSeen(needy: readonly Needy[]): Needy | null {
  return needy.reduce<Needy | null>(
    (least, one) =>
      least === null || one.rung.values.length < least.rung.values.length ? one : least,
    null,
  );
}

function countOf(rungs: readonly ClimbedRung[]): number {
  return rungs.reduce((sum, { values }) => sum + values.length, 0);
}

function trial(clients: number, because: string, isWhole = false): RungStep {
  return { is: "trial", clients, isWhole, because: `${clients} clients: ${because}.` };
}

function done(because: string): RungStep {
  return { is: "done", because };
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
  const stopping = stoppingOf(plan, best.values);
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

function stoppingOf({ precisionShare, runsMin, runsMax }: RungPlan, runs: Readings) {
  return decideStopping(
    { runs, elapsedMs: 0, nextRunMs: null },
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
