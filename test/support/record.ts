import { build } from "hdr-histogram-js";
import type { RunEvent, TrialOutcome } from "../../src/record/events.ts";
import {
  type MachineFacts,
  NO_OBJECTIVES,
  type Objectives,
  RECORD_FORMAT_VERSION,
  type ServerFacts,
  type SettingFact,
} from "../../src/record/format.ts";
import type { PlannedTrial } from "../../src/record/planned-trial.ts";
import { LOAD_HEADER } from "../../src/record/series-format.ts";
import type {
  InstanceSeries,
  LatencyInterval,
  ProbeSeries,
  RunRecord,
} from "../../src/record/run-record.ts";
import { MACHINE, SERVER } from "./facts.ts";

type Values = readonly (number | null)[];

/** A trial as a test writes it. One value per second of load, warm-up included. */
export interface TrialOf {
  readonly id?: string;
  readonly curve?: string;
  readonly clients?: number;
  readonly repetition?: number;
  readonly mode?: "closed" | "open";
  readonly rateTps?: number | null;
  readonly warmupS?: number;
  readonly options?: Readonly<Record<string, boolean | number | string>>;
  /** Acknowledged transactions in each second. */
  readonly tps: Values;
  readonly readsOnly?: true;
  readonly role?: PlannedTrial["role"];
  /** Of every transaction; without it clients / throughput, as Little's law wants in a closed loop. */
  readonly latencyMs?: number;
  readonly failed?: readonly number[];
  readonly outcome?: Partial<TrialOutcome> | null;
}

export interface RecordOf {
  readonly trials: readonly TrialOf[];
  readonly quick?: boolean;
  readonly objectives?: Partial<Objectives>;
  readonly settings?: Readonly<Record<string, SettingFact>>;
  readonly machine?: Partial<MachineFacts> | null;
  readonly server?: Partial<ServerFacts>;
  /** One value per second of the run: `{ "host-cpu/busyMs": [..], "pg-waits/sessions": { "Lock:tuple": [..] } }`. */
  readonly series?: Readonly<Record<string, Values | Readonly<Record<string, Values>>>>;
  /** `counter` where not said; names of gauges. */
  readonly gauges?: readonly string[];
  readonly events?: readonly RunEvent[];
  readonly ledgers?: RunRecord["ledgers"];
}

/** Seconds between two trials. */
const PAUSE_S = 1;

/** A record in memory, without a disk: trials one after the other, everything sampled each second. */
export function recordOf(given: RecordOf): RunRecord {
  const latencies = new Map<string, LatencyInterval[]>();
  const load: { t: number; tps: number | null; failed: number }[] = [];
  const events: RunEvent[] = [{ kind: "run-started", atMs: 0, resumed: false }];
  const planned: PlannedTrial[] = [];
  let atMs = 0;
  for (const trial of given.trials) {
    const plan = plannedOf(trial);
    planned.push(plan);
    const startMs = atMs;
    events.push({ kind: "trial-started", atMs, trial: plan.id });
    const intervals: LatencyInterval[] = [];
    trial.tps.forEach((tps, i) => {
      const endMs = startMs + (i + 1) * 1000;
      load.push({ t: endMs, tps, failed: trial.failed?.[i] ?? 0 });
      if (tps !== null) intervals.push(latencyOf(trial, plan, tps, endMs));
    });
    latencies.set(plan.id, intervals);
    atMs = startMs + trial.tps.length * 1000;
    const windowMs = { startMs: startMs + plan.warmupMs, endMs: atMs };
    events.push({ kind: "window", atMs, trial: plan.id, ...windowMs });
    if (trial.outcome !== null) {
      const outcome = { ...outcomeOf(trial), ...trial.outcome };
      events.push({ kind: "trial-ended", atMs, trial: plan.id, outcome });
    }
    atMs += PAUSE_S * 1000;
  }
  events.push(...(given.events ?? []));
  events.sort((a, b) => a.atMs - b.atMs);
  return {
    manifest: manifestOf(given, planned),
    events,
    probes: new Map([[LOAD_HEADER.probe, loadSeries(load)], ...probesOf(given)]),
    latencies,
    ledgers: given.ledgers ?? new Map(),
    damage: [],
  };
}

function plannedOf(trial: TrialOf): PlannedTrial {
  const { curve = "tpcb-like", clients = 1, repetition = 1, warmupS = 0 } = trial;
  const { mode = "closed", rateTps = null } = trial;
  const point = `${curve}-c${clients}${rateTps === null ? "" : `-${rateTps}tps`}`;
  return {
    id: trial.id ?? `${point}-r${repetition}`,
    stage: 0,
    stageKind: "ladder",
    curve,
    curveTitle: curve,
    point,
    repetition,
    workload: "pgbench",
    workloadOptions: trial.options ?? {},
    mode,
    clients,
    rateTps,
    seed: 1,
    warmupMs: warmupS * 1000,
    windowMs: (trial.tps.length - warmupS) * 1000,
    cooldownMs: 0,
    ...(trial.readsOnly === undefined ? {} : { readsOnly: trial.readsOnly }),
    ...(trial.role === undefined ? {} : { role: trial.role }),
  };
}

function latencyOf(
  trial: TrialOf,
  plan: PlannedTrial,
  tps: number,
  endMs: number,
): LatencyInterval {
  const histogram = build({
    bitBucketSize: 32,
    autoResize: true,
    numberOfSignificantValueDigits: 3,
  });
  const latencyMs = trial.latencyMs ?? (tps === 0 ? 0 : (plan.clients / tps) * 1000);
  if (tps > 0) histogram.recordValueWithCount(Math.round(latencyMs * 1000), tps);
  return { startMs: endMs - 1000, endMs, script: plan.curve, part: "latency", histogram };
}

function outcomeOf({ tps, failed = [] }: TrialOf): TrialOutcome {
  return {
    transactions: tps.reduce<number>((sum, value) => sum + (value ?? 0), 0),
    failed: failed.reduce((sum, value) => sum + value, 0),
    skipped: 0,
    retried: 0,
    unknown: 0,
    generatorCpuMs: null,
    generatorThreads: 1,
    eventLoopDelayMsP99: null,
    statements: [],
    databaseBytesBefore: null,
    databaseBytesAfter: null,
    warnings: [],
  };
}

function loadSeries(
  load: readonly { t: number; tps: number | null; failed: number }[],
): ProbeSeries {
  const column = (of: (second: (typeof load)[number]) => number) =>
    load.map((second) => (second.tps === null ? null : of(second)));
  return {
    header: {
      probe: LOAD_HEADER.probe,
      summary: "",
      source: "",
      everyMs: 1000,
      keyed: true,
      series: LOAD_HEADER.series,
    },
    on: new Map([
      [
        "generator",
        instanceOf(
          load.map(({ t }) => t),
          {
            script: {
              transactions: column(({ tps }) => tps ?? 0),
              failed: column(({ failed }) => failed),
              skipped: column(() => 0),
              retried: column(() => 0),
              unknown: column(() => 0),
              intervalMs: column(() => 1000),
            },
          },
        ),
      ],
    ]),
  };
}

function instanceOf(
  t: readonly number[],
  keyed: Readonly<Record<string, Readonly<Record<string, Values>>>>,
  values: ReadonlyMap<string, Values> = new Map(),
): InstanceSeries {
  return {
    t,
    values,
    keyed: new Map(
      Object.entries(keyed).map(([key, names]) => [key, new Map(Object.entries(names))]),
    ),
    labels: new Map(),
    gaps: new Map(),
    gapTimes: [],
  };
}

/** Names by probe; probes whose id starts with `host` are read on the host. */
function probesOf({ series = {}, gauges = [] }: RecordOf): [string, ProbeSeries][] {
  const byProbe = new Map<string, [string, Values | Readonly<Record<string, Values>>][]>();
  for (const [full, values] of Object.entries(series)) {
    const [probe, name] = full.split("/") as [string, string];
    byProbe.set(probe, [...(byProbe.get(probe) ?? []), [name, values]]);
  }
  return [...byProbe].map(([probe, named]) => {
    const isKeyed = named.some(([, values]) => !Array.isArray(values));
    const kindOf = (name: string) =>
      gauges.includes(`${probe}/${name}`) ? ("gauge" as const) : ("counter" as const);
    const header = {
      probe,
      summary: "",
      source: "",
      everyMs: 1000,
      keyed: isKeyed,
      series: Object.fromEntries(
        named.map(([name]) => [name, { unit: "count" as const, kind: kindOf(name), doc: "" }]),
      ),
    };
    const on = /^(host|generator|observer)/.exec(probe)?.[0] ?? "pg1";
    return [probe, { header, on: new Map([[on, isKeyed ? keyedOf(named) : plainOf(named)]]) }];
  });
}

function secondsOf(values: Values): number[] {
  return values.map((_, i) => i * 1000);
}

function plainOf(named: [string, Values | Readonly<Record<string, Values>>][]): InstanceSeries {
  const values = new Map(named as [string, Values][]);
  return instanceOf(secondsOf([...values.values()][0] ?? []), {}, values);
}

function keyedOf(named: [string, Values | Readonly<Record<string, Values>>][]): InstanceSeries {
  const keyed: Record<string, Record<string, Values>> = {};
  let longest: Values = [];
  for (const [name, byKey] of named as [string, Readonly<Record<string, Values>>][]) {
    for (const [key, values] of Object.entries(byKey)) {
      keyed[key] = { ...keyed[key], [name]: values };
      if (values.length > longest.length) longest = values;
    }
  }
  return instanceOf(secondsOf(longest), keyed);
}

function manifestOf(given: RecordOf, trials: readonly PlannedTrial[]): RunRecord["manifest"] {
  return {
    formatVersion: RECORD_FORMAT_VERSION,
    id: "run",
    name: "run",
    status: "finished",
    statusBecause: null,
    pgdynoVersion: "0.1.0",
    epochMs: 0,
    experimentText: "",
    experimentFile: "run.yaml",
    experiment: {},
    plan: {
      seed: "1",
      trials,
      objectives: { ...NO_OBJECTIVES, ...given.objectives },
      quick: given.quick ?? false,
      estimatedMs: 0,
    },
    machine: given.machine === null ? null : { ...MACHINE, ...given.machine },
    server: { ...SERVER, ...given.server, settings: given.settings ?? {} },
    tools: [],
  };
}
