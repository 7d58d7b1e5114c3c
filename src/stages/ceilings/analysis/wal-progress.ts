import type { RunEvent } from "../../../record/events.ts";
import { WAL_PROGRESS_HEADER } from "../../../record/series-format.ts";
import type { RunRecord } from "../../../record/run-record.ts";

export interface Sample {
  readonly atMs: number;
  readonly value: number;
}

type ProgressSeries = keyof typeof WAL_PROGRESS_HEADER.series;

/** Readings of one position between two instants, both included; gaps left out. */
export function progressOf(
  { probes }: RunRecord,
  on: string,
  name: ProgressSeries,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Sample[] {
  const instance = probes.get(WAL_PROGRESS_HEADER.probe)?.on.get(on);
  const values = instance?.values.get(name);
  if (instance === undefined || values === undefined) return [];
  return instance.t.flatMap((atMs, i) => {
    const value = values[i] ?? null;
    return value === null || atMs < fromMs || atMs > toMs ? [] : [{ atMs, value }];
  });
}

/** The server that writes: the only one that archives and replays nothing. */
export function primaryOf({ probes, events }: RunRecord): string | null {
  const role = events.findLast(
    (event): event is Extract<RunEvent, { kind: "role" }> =>
      event.kind === "role" && event.role === "primary",
  );
  if (role !== undefined) return role.on;
  const on = probes.get(WAL_PROGRESS_HEADER.probe)?.on;
  for (const [name, { values }] of on ?? []) {
    const replayed = values.get("replayedLsnBytes") ?? [];
    if (replayed.every((value) => value === null)) return name;
  }
  return null;
}

/** Growth per second between the first and the last reading; `null` with fewer than two. */
export function rateOf(samples: readonly Sample[]): number | null {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.atMs <= first.atMs) return null;
  return ((last.value - first.value) * 1000) / (last.atMs - first.atMs);
}
