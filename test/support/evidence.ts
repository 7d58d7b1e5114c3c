import type { Evidence, ProbeReadings, Series } from "../../src/analysis/evidence.ts";
import type { TrialAnalysis } from "../../src/analysis/model.ts";
import { settingBytes, settingMs } from "../../src/analysis/settings.ts";
import type { RunEvent } from "../../src/record/events.ts";
import type { MachineFacts, ServerFacts, SettingFact } from "../../src/record/format.ts";
import { MACHINE, SERVER } from "./facts.ts";

type Values = readonly (number | null)[];

export interface EvidenceOptions {
  /** Between two values. */
  readonly everyMs?: number;
  /** Length of the window; longer than the values where it matters. */
  readonly windowMs?: number;
  readonly instances?: readonly string[];
  /** Host of each instance, where it is not `host`. */
  readonly hosts?: Readonly<Record<string, string>>;
  /** `{ max_wal_size: "1GB" }` or `{ max_wal_size: ["1024", "MB"] }`. */
  readonly settings?: Readonly<Record<string, string | readonly [string, string]>>;
  /** `{ "pg-blocking/4711": { query: "lock table t" } }`. */
  readonly labels?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly trial?: TrialAnalysis | null;
  readonly machine?: Partial<MachineFacts> | null;
  readonly server?: Partial<ServerFacts>;
  readonly checkpointStartsMs?: readonly number[];
  readonly events?: readonly RunEvent[];
}

/**
 * Evidence from values as a test writes them, one per second from 0:
 *
 * `evidenceOf({ "pg-checkpoints/timed": [10, 11], "pg-waits/sessions": { "Lock:tuple": [3, 4] } })`
 *
 * A name ends in `@pg2` where another server than the first is meant.
 */
export function evidenceOf(
  values: Readonly<Record<string, Values | Readonly<Record<string, Values>>>>,
  options: EvidenceOptions = {},
): Evidence {
  const { everyMs = 1000, instances = ["pg1"], settings = {}, labels = {} } = options;
  const length = Math.max(1, ...Object.values(values).map((given) => lengthOf(given)));
  const settingFacts = Object.fromEntries(
    Object.entries(settings).map(([name, given]) => [name, settingFact(given)]),
  );
  const toSeries = (given: Values): Series => ({
    t: given.map((_, i) => i * everyMs),
    v: given,
  });
  const find = (probe: string, name: string, on: string | undefined) =>
    values[
      on === undefined || on === "host" || on === instances[0]
        ? `${probe}/${name}`
        : `${probe}/${name}@${on}`
    ];
  return {
    startMs: 0,
    endMs: options.windowMs ?? (length - 1) * everyMs,
    trial: options.trial ?? null,
    instances,
    host: options.hosts?.[instances[0] ?? ""] ?? "host",
    hostOf: (instance) => options.hosts?.[instance] ?? "host",
    hasManyHosts: options.hosts !== undefined,
    machine: options.machine === null ? null : { ...MACHINE, ...options.machine },
    server: { ...SERVER, ...options.server, settings: settingFacts },
    series(probe, name, on) {
      const given = find(probe, name, on);
      return given === undefined || !isPlain(given) ? null : toSeries(given);
    },
    keyed(probe, name, on) {
      const given = find(probe, name, on);
      if (given !== undefined && !isPlain(given)) {
        return new Map(Object.entries(given).map(([key, keyValues]) => [key, toSeries(keyValues)]));
      }
      const isThere = Object.keys(values).some((full) => full.startsWith(`${probe}/`));
      return isThere ? new Map<string, Series>() : null;
    },
    readings: (on) => readingsOf(values, on === "host" || on === instances[0] ? "" : `@${on}`),
    label: (probe, key, label) => labels[`${probe}/${key}`]?.[label] ?? null,
    settingText: (name) => settingFacts[name]?.value ?? null,
    settingBytes: (name) => settingBytes(settingFacts[name]),
    settingMs: (name) => settingMs(settingFacts[name]),
    checkpointStartsMs: options.checkpointStartsMs ?? [],
    events: options.events ?? [],
  };
}

/** A value that is null is an answer that did not come. */
function readingsOf(values: Parameters<typeof evidenceOf>[0], ending: string) {
  const readings = new Map<string, ProbeReadings>();
  for (const [name, given] of Object.entries(values)) {
    const [probe, rest] = name.split("/") as [string, string];
    if (rest.includes("@") ? !name.endsWith(ending) || ending === "" : ending !== "") continue;
    const columns = isPlain(given) ? [given] : Object.values(given);
    const asked = lengthOf(given);
    const answered = Math.max(
      0,
      ...columns.map((column) => column.filter((value) => value !== null).length),
    );
    const before = readings.get(probe);
    if (before !== undefined && before.answered >= answered) continue;
    readings.set(probe, {
      asked,
      answered,
      due: asked,
      because: answered < asked ? "no answer" : null,
    });
  }
  return readings;
}

function settingFact(given: string | readonly [string, string]): SettingFact {
  if (typeof given === "string") return { value: given, unit: null, source: "default" };
  return { value: given[0], unit: given[1], source: "default" };
}

function isPlain(given: Values | Readonly<Record<string, Values>>): given is Values {
  return Array.isArray(given);
}

function lengthOf(given: Values | Readonly<Record<string, Values>>): number {
  return isPlain(given)
    ? given.length
    : Math.max(0, ...Object.values(given).map((values) => values.length));
}
