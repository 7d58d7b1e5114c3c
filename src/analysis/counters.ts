import type { Series } from "./evidence.ts";

/**
 * What a counter grew by in the window; `null` with fewer than two samples.
 *
 * A counter that falls was reset (a restart, `pg_stat_reset`): it then counts from zero, and what it
 * counted between the last sample and the reset is not known. A gap loses nothing.
 */
export function increase(series: Series | null): number | null {
  const grown = growth(series);
  return grown === null ? null : grown.increase;
}

/** What a counter grew by per second between its first and its last sample; `null` as `increase`. */
export function ratePerS(series: Series | null): number | null {
  const grown = growth(series);
  return grown === null || grown.elapsedMs <= 0 ? null : grown.increase / (grown.elapsedMs / 1000);
}

/** The same over all keys of a keyed counter; `null` where no key has two samples. */
export function increaseOfAll(series: ReadonlyMap<string, Series> | null): number | null {
  if (series === null) return null;
  let total: number | null = null;
  for (const one of series.values()) {
    const grown = increase(one);
    if (grown !== null) total = (total ?? 0) + grown;
  }
  return total;
}

/** Increase of one counter over that of another: a mean per event. `null` where either is, or at 0. */
export function increasePer(counter: Series | null, per: Series | null): number | null {
  const grown = increase(counter);
  const by = increase(per);
  return grown === null || by === null || by === 0 ? null : grown / by;
}

function growth(series: Series | null): { increase: number; elapsedMs: number } | null {
  if (series === null) return null;
  let first: number | null = null;
  let last: { t: number; value: number } | null = null;
  let total = 0;
  series.v.forEach((value, i) => {
    if (value === null || !Number.isFinite(value)) return;
    const t = series.t[i]!;
    if (last !== null) total += value >= last.value ? value - last.value : value;
    first ??= t;
    last = { t, value };
  });
  // The compiler does not see assignments inside the callback.
  const end = last as { t: number; value: number } | null;
  if (first === null || end === null || end.t === first) return null;
  return { increase: total, elapsedMs: end.t - first };
}
