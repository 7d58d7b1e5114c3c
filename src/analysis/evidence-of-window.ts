import type { RunEvent } from "../record/events.ts";
import type { MachineFacts, RunManifest, SettingFact } from "../record/format.ts";
import { OWN_HOST } from "../record/series-format.ts";
import type { InstanceSeries, ProbeSeries, RunRecord } from "../record/run-record.ts";
import type { Evidence, ProbeReadings, Series } from "./evidence.ts";
import type { TrialAnalysis } from "./model.ts";
import { settingBytes, settingMs } from "./settings.ts";

export interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

/** Names under which something else than a server is read. */
const NOT_SERVERS = [OWN_HOST, "generator", "observer"];

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
  const { hosts = [] } = manifest;
  const hostOf = (instance: string) =>
    hosts.find(({ instances: of }) => of.includes(instance))?.name ?? OWN_HOST;
  const host = hostOf(instances[0] ?? "");
  const find = (probe: string, on: string | undefined): Found | null => {
    const found = probes.get(probe);
    if (found === undefined) return null;
    const name = on ?? [instances[0], host, "generator"].find((n) => n && found.on.has(n));
    const instance = name === undefined ? [...found.on.values()][0] : found.on.get(name);
    return instance === undefined ? null : { probe: found, instance };
  };
  // A variant of a comparison puts settings of its own in force before its trials, texts with units.
  const own = trial?.planned.parameters ?? {};
  const settingOf = (name: string): SettingFact | undefined => {
    const value = own[name];
    const asFound = manifest.server?.settings[name];
    if (value === undefined) return asFound;
    return { unit: asFound?.unit ?? null, value, source: "pgdyno" };
  };
  return {
    startMs: window.startMs,
    endMs: window.endMs,
    trial,
    instances,
    host,
    hostOf,
    hasManyHosts: hosts.length > 1,
    machine: machineOf(manifest, host),
    server: manifest.server,
    series(probe, name, on) {
      const found = find(probe, on);
      const values = found?.instance.values.get(name);
      return found === null || values === undefined ? null : cut(found, name, values, window);
    },
    keyed(probe, name, on) {
      const found = find(probe, on);
      if (found === null || found.probe.header.series[name] === undefined) return null;
      return cutKeyed(found, name, window);
    },
    label: (probe, key, label, on) => find(probe, on)?.instance.labels.get(key)?.[label] ?? null,
    readings: (on) => readingsOn(record, window, on),
    settingText: (name) => settingOf(name)?.value ?? null,
    settingBytes: (name) => settingBytes(settingOf(name)),
    settingMs: (name) => settingMs(settingOf(name)),
    checkpointStartsMs: events.flatMap((event) =>
      event.kind === "checkpoint" && event.phase === "started" && isIn(event.atMs, window)
        ? [event.atMs]
        : [],
    ),
    events: events.filter(({ atMs }) => isIn(atMs, window)),
  };
}

function readingsOn(
  { probes }: RunRecord,
  window: Window,
  on: string,
): ReadonlyMap<string, ProbeReadings> {
  const readings = new Map<string, ProbeReadings>();
  for (const [probe, series] of probes) {
    const instance = series.on.get(on);
    const asked = countIn(instance?.t ?? [], window);
    const gaps = countIn(instance?.gapTimes ?? [], window);
    const [commonest] = [...(instance?.gaps ?? [])].toSorted(([, a], [, b]) => b - a);
    const due = Math.floor((window.endMs - window.startMs) / series.header.everyMs);
    readings.set(probe, { asked, answered: asked - gaps, due, because: commonest?.[0] ?? null });
  }
  return readings;
}

function countIn(instants: readonly number[], { startMs, endMs }: Window): number {
  return lowerBound(instants, endMs + 1e-6) - lowerBound(instants, startMs);
}

interface Found {
  readonly probe: ProbeSeries;
  readonly instance: InstanceSeries;
}

function isIn(t: number, { startMs, endMs }: Window): boolean {
  return t >= startMs && t <= endMs;
}

/**
 * The samples inside the window. Where a probe is so slow that fewer are inside than say anything (two
 * of a counter, one of a gauge), the nearest ones outside join them, at most one interval away.
 */
function cut({ probe, instance }: Found, name: string, values: Values, window: Window): Series {
  const { t } = instance;
  const { everyMs, series } = probe.header;
  const wanted = series[name]?.kind === "counter" ? 2 : 1;
  let first = lowerBound(t, window.startMs);
  let end = lowerBound(t, window.endMs + 1e-6);
  while (end - first < wanted) {
    const beforeMs = first > 0 ? window.startMs - t[first - 1]! : Infinity;
    const afterMs = end < t.length ? t[end]! - window.endMs : Infinity;
    if (Math.min(beforeMs, afterMs) > everyMs) break;
    if (beforeMs <= afterMs) first -= 1;
    else end += 1;
  }
  return { t: t.slice(first, end), v: values.slice(first, end) };
}

type Values = readonly (number | null)[];

/** Keys of a gauge that were never there in the window are left out. */
function cutKeyed(found: Found, name: string, window: Window): Map<string, Series> {
  const isCounter = found.probe.header.series[name]?.kind === "counter";
  const series = new Map<string, Series>();
  for (const [key, names] of found.instance.keyed) {
    const values = names.get(name);
    if (values === undefined) continue;
    const one = cut(found, name, values, window);
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

/** The manifest tells the machine of the first primary; another one's host tells its own. */
function machineOf({ machine, hosts }: RunManifest, host: string): MachineFacts | null {
  if (hosts === undefined) return machine;
  const facts = hosts.find(({ name }) => name === host)?.facts ?? null;
  if (facts === null) return null;
  return { dataFileSystem: null, ...facts.machine, sharedWithLoad: host === OWN_HOST };
}

/** Servers that were read, the one that was primary at the end of the window first. */
function instancesOf({ manifest, probes, events }: RunRecord, window: Window): string[] {
  const names = new Set<string>();
  const others = new Set([...NOT_SERVERS, ...(manifest.hosts ?? []).map(({ name }) => name)]);
  for (const { on } of probes.values()) {
    for (const name of on.keys()) if (!others.has(name)) names.add(name);
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
