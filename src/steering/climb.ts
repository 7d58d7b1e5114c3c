import { meanOf } from "../analysis/statistics/moments.ts";
import { finiteOf, type Readings } from "../analysis/statistics/readings.ts";
import type { TrialDigest } from "./stage-steerer.ts";

/** A rung of a closed ladder with the throughput of each trial so far; `null` for one that gave none. */
export interface ClimbedRung {
  readonly clients: number;
  readonly values: Readings;
}

/** A rung that gave figures. */
export interface SeenRung {
  readonly clients: number;
  readonly mean: number;
  readonly values: readonly number[];
}

/** What an invalid trial measured is not used: it costs its time and gives nothing. */
export function validThroughput({ throughputTps, isInvalid }: TrialDigest): number | null {
  return isInvalid ? null : throughputTps;
}

/** The rungs of a ladder with what `of` takes from each of these trials. */
export function rungsOf(
  clients: readonly number[],
  trials: readonly TrialDigest[],
  of: (trial: TrialDigest) => number | null = validThroughput,
): ClimbedRung[] {
  return clients.map((rung) => ({
    clients: rung,
    values: trials.filter(({ planned }) => planned.clients === rung).map(of),
  }));
}

/** Rungs with figures, by clients, ascending. */
export function seenRungs(rungs: readonly ClimbedRung[]): SeenRung[] {
  return rungs
    .flatMap(({ clients, values }) => {
      const finite = finiteOf(values);
      const mean = meanOf(finite);
      return mean === null ? [] : [{ clients, mean, values: finite }];
    })
    .sort((a, b) => a.clients - b.clients);
}

export function bestRung(seen: readonly SeenRung[]): SeenRung | null {
  return seen.reduce<SeenRung | null>(
    (best, rung) => (best === null || rung.mean > best.mean ? rung : best),
    null,
  );
}

/**
 * The rung to look at next on the way to the top: throughput rises with clients up to its peak and
 * falls after it, so that a rung beyond one that is lower than its neighbour needs no look.
 *
 * @returns `null` where the best rung that was seen has both of its neighbours seen.
 */
export function nextUnseenRung(
  clients: readonly number[],
  rungs: readonly ClimbedRung[],
): number | null {
  const ladder = clients.toSorted((a, b) => a - b);
  const tried = new Set(rungs.filter(({ values }) => values.length > 0).map((r) => r.clients));
  const best = bestRung(seenRungs(rungs));
  if (best === null) {
    const middle = Math.floor((ladder.length - 1) / 2);
    // The middle one gave no figures: the others are tried one by one, the nearest first.
    const order = ladder.toSorted(
      (a, b) =>
        Math.abs(ladder.indexOf(a) - middle) - Math.abs(ladder.indexOf(b) - middle) || a - b,
    );
    return order.find((rung) => !tried.has(rung)) ?? null;
  }
  const at = ladder.indexOf(best.clients);
  const neighbours = [ladder[at + 1], ladder[at - 1]];
  return neighbours.find((rung) => rung !== undefined && !tried.has(rung)) ?? null;
}
