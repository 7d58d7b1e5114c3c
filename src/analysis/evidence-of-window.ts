import type { RunEvent } from "../record/format.ts";
import type { InstanceSeries, ProbeSeries, RunRecord } from "../record/run-record.ts";
import type { Evidence, Series } from "./evidence.ts";
import type { TrialAnalysis } from "./model.ts";
import { settingBytes, settingMs } from "./settings.ts";

export interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

/** Names under which something else than a server is read. */
const NOT_SERVERS = new Set(["host", "generator", "observer"]);

/** A slower probe has hardly a sample in a quick window; it is read one interval beyond both ends. */
const SLOW_EVERY_MS = 2000;

/**
 * The part of a record that rules may look at: one window, with the series cut to it.
 *
 * `trial` is the analysis of the trial that the window belongs to, `null` for a plain observation.
 */
export function evidenceOf(
  record: RunRecord,
  window: Window,
  trial: TrialAnalysis | null,
): Evidence {
  const { manifest, events, probes } = record;
  const instances = instancesOf(record, window);
  const find = (probe: string, on: string | undefined): Found | null => {
    const found = probes.get(probe);
    if (found === undefined) return null;
    const name = on ?? [instances[0], "host", "generator"].find((n) => n && found.on.has(n));
    const instance = name === undefined ? [...found.on.values()][0] : found.on.get(name);
    return instance === undefined ? null : { probe: found, instance };
  };
  return {
    startMs: window.startMs,
    endMs: window.endMs,
    trial,
    instances,
    machine: manifest.machine,
    server: manifest.server,
    series(probe, name, on) {
      const found = find(probe, on);
      const values = found?.instance.values.get(name);
      return found === null || values === undefined ? null : cut(found, values, window);
    },
    keyed(probe, name, on) {
      const found = find(probe, on);
      if (found === null || found.probe.header.series[name] === undefined) return null;
      return cutKeyed(found, name, window);
    },
    label: (probe, key, label, on) => find(probe, on)?.instance.labels.get(key)?.[label] ?? null,
    settingText: (name) => manifest.server?.settings[name]?.value ?? null,
    settingBytes: (name) => settingBytes(manifest.server?.settings[name]),
    settingMs: (name) => settingMs(manifest.server?.settings[name]),
    checkpointStartsMs: events.flatMap((event) =>
      event.kind === "checkpoint" && event.phase === "started" && isIn(event.atMs, window)
        ? [event.atMs]
        : [],
    ),
  };
}

interface Found {
  readonly probe: ProbeSeries;
  readonly instance: InstanceSeries;
}

function isIn(t: number, { startMs, endMs }: Window): boolean {
  return t >= startMs && t <= endMs;
}

function cut(
  { probe, instance }: Found,
  values: readonly (number | null)[],
  window: Window,
): Series {
  const beyondMs = probe.header.everyMs >= SLOW_EVERY_MS ? probe.header.everyMs : 0;
  const first = lowerBound(instance.t, window.startMs - beyondMs);
  const end = lowerBound(instance.t, window.endMs + beyondMs + 1e-6);
  return { t: instance.t.slice(first, end), v: values.slice(first, end) };
}

/** Keys of a gauge that were never there in the window are left out. */
function cutKeyed(found: Found, name: string, window: Window): Map<string, Series> {
  const isCounter = found.probe.header.series[name]?.kind === "counter";
  const series = new Map<string, Series>();
  for (const [key, names] of found.instance.keyed) {
    const values = names.get(name);
    if (values === undefined) continue;
    const one = cut(found, values, window);
    if (isCounter || one.v.some((value) => value !== null && value !== 0)) series.set(key, one);
  }
  return series;
}

/** Index of the first instant that is not before `t`. */
function lowerBound(instants: readonly number[], t: number): number {
  let low = 0;
  let high = instants.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (instants[middle]! < t) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Servers that were read, the one that was primary at the end of the window first. */
function instancesOf({ probes, events }: RunRecord, window: Window): string[] {
  const names = new Set<string>();
  for (const { on } of probes.values()) {
    for (const name of on.keys()) if (!NOT_SERVERS.has(name)) names.add(name);
  }
  const sorted = [...names].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const primary = primaryAt(events, window.endMs);
  if (primary === null || !names.has(primary)) return sorted;
  return [primary, ...sorted.filter((name) => name !== primary)];
}

function primaryAt(events: readonly RunEvent[], atMs: number): string | null {
  let primary: string | null = null;
  for (const event of events) {
    if (event.kind === "role" && event.role === "primary" && event.atMs <= atMs) {
      primary = event.on;
    }
  }
  return primary;
}
