import type { Window } from "./evidence-of-window.ts";
import type { Evidence, Series } from "./evidence.ts";

/** The same evidence, with every series cut to a part of its window; settings and labels stay. */
export function partOf(evidence: Evidence, { startMs, endMs }: Window): Evidence {
  const cut = ({ t, v }: Series): Series => {
    const inside = t.flatMap((at, i) => (at >= startMs && at <= endMs ? [i] : []));
    return { t: inside.map((i) => t[i]!), v: inside.map((i) => v[i] ?? null) };
  };
  return {
    ...evidence,
    startMs,
    endMs,
    series(probe, name, on) {
      const series = evidence.series(probe, name, on);
      return series === null ? null : cut(series);
    },
    keyed(probe, name, on) {
      const keyed = evidence.keyed(probe, name, on);
      return keyed && new Map([...keyed].map(([key, series]) => [key, cut(series)]));
    },
    checkpointStartsMs: evidence.checkpointStartsMs.filter((at) => at >= startMs && at <= endMs),
    events: evidence.events.filter(({ atMs }) => atMs >= startMs && atMs <= endMs),
  };
}
