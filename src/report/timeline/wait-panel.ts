import type { RunRecord } from "../../record/run-record.ts";
import type { TimelinePanel, TimelineSeries } from "../model.ts";
import { instancesOf } from "./read-series.ts";

/** What a session that runs and waits for nothing is counted as. */
const ON_CPU = "CPU";
/** Waits that mean idleness or the client, not work of the server. */
const NOT_WORK = new Set(["Activity", "Client"]);

/** Active sessions by class of what they wait for, stacked; from the keyed probe of activity. */
export function buildWaitPanel(record: RunRecord, probe: string, name: string): TimelinePanel[] {
  const [first] = instancesOf(record, probe);
  if (first === undefined) return [];
  const { t, keyed } = first[1];
  const byClass = new Map<string, (number | null)[]>();
  for (const [key, series] of keyed) {
    const v = series.get(name);
    if (v === undefined) continue;
    const waitClass = classOf(key);
    if (NOT_WORK.has(waitClass)) continue;
    const sum = byClass.get(waitClass);
    byClass.set(waitClass, sum === undefined ? [...v] : sum.map((x, i) => add(x, v[i] ?? null)));
  }
  const series: TimelineSeries[] = [...byClass]
    .toSorted(([a, av], [b, bv]) => rankOf(a) - rankOf(b) || total(bv) - total(av))
    .map(([waitClass, v]) => ({ name: waitClass, unit: "sessions", t, v }));
  if (series.length === 0) return [];
  return [
    {
      id: "waits",
      title: "Active sessions by what they wait for",
      unit: "sessions",
      stacked: true,
      series,
    },
  ];
}

/** `"LWLock:WALWrite"` is of class `LWLock`; no wait at all is work on a CPU. */
export function classOf(key: string): string {
  const waitClass = key.split(/[:/.]/, 1)[0]!.trim();
  return waitClass === "" || waitClass.toLowerCase() === "cpu" || waitClass === "none"
    ? ON_CPU
    : waitClass;
}

function rankOf(waitClass: string): number {
  return waitClass === ON_CPU ? 0 : 1;
}

function add(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}

function total(v: readonly (number | null)[]): number {
  return v.reduce<number>((sum, x) => sum + (x ?? 0), 0);
}
