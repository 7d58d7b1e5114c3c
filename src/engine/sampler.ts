import type { Instance } from "../contracts/instance.ts";
import type { MissingBecause, MonitorConnection, Probe, ProbeSession } from "../contracts/probe.ts";
import type { Clock } from "../lib/clock.ts";
import { messageOf } from "../lib/errors.ts";
import { isRecoveryConflict } from "../lib/recovery-conflict.ts";
import { whyRefused } from "../lib/statistics-privilege.ts";
import type { SeriesHeader, SeriesLine } from "../record/series-format.ts";
import { shareConnections, type SharedConnections } from "./share-connections.ts";
import { withinMs } from "./within.ts";

/** A session of the monitor's own on one instance. */
export interface SamplerConnection extends MonitorConnection {
  isOpen(): boolean;
  /** True where no further session should be opened beside it. */
  readonly isLast?: boolean;
  close(): Promise<void>;
}

export interface SamplerOptions {
  readonly instances: readonly Instance[];
  readonly probes: readonly Probe[];
  readonly clock: Clock;
  readonly connect: (instance: Instance) => Promise<SamplerConnection>;
  /** A target without a server gives the readings itself. */
  readonly simulate: ((probe: Probe) => ProbeSession | null) | null;
  readonly seriesHeader: (header: SeriesHeader) => void;
  readonly series: (probe: string, line: SeriesLine) => void;
  /** What cannot be seen here, as a sentence, and why; told once. */
  readonly missing: (text: string, why: MissingBecause) => void;
}

export interface Sampler {
  /** Closes the connections: the database under test is about to be put back. No samples, no gaps. */
  pause(): Promise<void>;
  resume(): void;
  stop(): Promise<void>;
}

/** Probes that want to be read faster than this have a connection of their own. */
const FAST_BELOW_MS = 1000;
/** A busy machine may answer late; beyond this it did not answer. */
const ANSWER_WITHIN_MS = 1000;
const SHARED =
  "all probes share one session: a second connection would have been taken from others. Waits and locks are seen less often while other queries run long.";
/** The probes' own cost, read by the observer's audit. */
const SAMPLER_HEADER: SeriesHeader = {
  probe: "sampler",
  summary: "What reading the probes took.",
  source: "measured around each read",
  everyMs: 5000,
  keyed: true,
  series: {
    queries: { unit: "count", kind: "counter", doc: "Reads so far." },
    waitMs: { unit: "ms", kind: "counter", doc: "Time from asking to the answer, summed." },
  },
};

/** Counted apart, so that what befell the observer is not taken for what befell the load. */
const CONFLICTS_HEADER: SeriesHeader = {
  probe: "sampler-conflicts",
  summary: "Queries and sessions of the observer's own that replay on a standby ended.",
  source: "https://www.postgresql.org/docs/current/hot-standby.html#HOT-STANDBY-CONFLICT",
  everyMs: 1000,
  keyed: false,
  series: { ended: { unit: "count", kind: "gauge", doc: "Ended at this instant." } },
};

/** Reads every probe at its pace until it is stopped. One sick probe or server stops nothing else. */
export function startSampler(options: SamplerOptions): Sampler {
  const cost = new Map<string, { queries: number; waitMs: number }>();
  const stopping = new AbortController();
  const connections = shareConnections({
    connect: options.connect,
    onShared: ({ name }) => options.missing(`${name}: ${SHARED}`, "not-available"),
    now: () => options.clock.now(),
  });
  const lanes = lanesOf(options).map((lane) =>
    runLane(lane, { ...options, connections }, cost, stopping.signal),
  );
  options.seriesHeader(SAMPLER_HEADER);
  options.seriesHeader(CONFLICTS_HEADER);
  const audit = tellCost(options, cost, stopping.signal);
  return {
    pause: async () => {
      await Promise.all(lanes.map((lane) => lane.pause()));
    },
    resume: () => {
      for (const lane of lanes) lane.resume();
    },
    stop: async () => {
      stopping.abort(new Error("the sampler was stopped"));
      await Promise.all([audit, ...lanes.map((lane) => lane.done)]);
      options.series("sampler", costLine(options.clock, cost));
    },
  };
}

/** Probes that share a connection and are read one after the other. */
interface Lane {
  readonly instance: Instance;
  readonly on: string;
  readonly probes: readonly Probe[];
  readonly needsConnection: boolean;
}

function lanesOf({ instances, probes, simulate }: SamplerOptions): Lane[] {
  const ofInstance = probes.filter(({ scope }) => scope === "instance");
  const ofHost = probes.filter(({ scope }) => scope === "host");
  const fast = ofInstance.filter(({ everyMs }) => everyMs < FAST_BELOW_MS);
  const steady = ofInstance.filter(({ everyMs }) => everyMs >= FAST_BELOW_MS);
  const needsConnection = simulate === null;
  const lanes: Lane[] = [];
  for (const instance of instances) {
    const on = instance.name;
    lanes.push({ instance, on, probes: fast, needsConnection });
    lanes.push({ instance, on, probes: steady, needsConnection });
  }
  const [first] = instances;
  if (first !== undefined) {
    lanes.push({ instance: first, on: "host", probes: ofHost, needsConnection: false });
  }
  return lanes.filter((lane) => lane.probes.length > 0);
}

/** How many sessions the sampler has on each server. */
export function sessionsPerServer(probes: readonly Probe[]): number {
  const isFast = ({ everyMs }: Probe) => everyMs < FAST_BELOW_MS;
  const ofInstance = probes.filter(({ scope }) => scope === "instance");
  return Number(ofInstance.some(isFast)) + Number(!ofInstance.every(isFast));
}

interface RunningLane {
  pause(): Promise<void>;
  resume(): void;
  readonly done: Promise<void>;
}

type Cost = Map<string, { queries: number; waitMs: number }>;

function runLane(
  lane: Lane,
  options: SamplerOptions & { readonly connections: SharedConnections },
  cost: Cost,
  signal: AbortSignal,
): RunningLane {
  const { clock } = options;
  let connection: SamplerConnection | null = null;
  let sessions: Map<string, ProbeSession> | null = null;
  let paused = false;
  let reading: Promise<void> = Promise.resolve();
  const due = new Map(lane.probes.map((probe) => [probe.id, clock.now()]));
  for (const probe of lane.probes) options.seriesHeader(headerOf(probe));

  const close = async () => {
    const closing = connection;
    connection = null;
    sessions = null;
    await closing?.close();
  };

  const open = async () => {
    if (lane.needsConnection && connection?.isOpen() !== true) {
      await close();
      connection = await options.connections.open(lane.instance);
    }
    sessions ??= await openSessions(lane, connection, options);
    return sessions;
  };

  const readDue = async () => {
    const now = clock.now();
    const probes = lane.probes.filter(({ id }) => due.get(id)! <= now);
    let opened: Map<string, ProbeSession> | null = null;
    let because = "";
    try {
      opened = await open();
    } catch (error) {
      because = messageOf(error);
      noteConflict(error, lane.on, options);
    }
    for (const probe of probes) {
      due.set(probe.id, nextDue(due.get(probe.id)!, probe.everyMs, clock.now()));
      const session = opened?.get(probe.id);
      if (opened !== null && session === undefined) continue; // Nothing to read here, said once.
      if (session === undefined) {
        options.series(probe.id, { t: round(clock.now()), on: lane.on, gap: because });
        continue;
      }
      await readOne({ probe, session, on: lane.on, options, cost });
      if (lane.needsConnection && connection?.isOpen() !== true) break;
    }
  };

  const loop = async () => {
    while (!signal.aborted) {
      if (!paused) {
        reading = readDue();
        await reading;
      }
      const wait = paused ? FAST_BELOW_MS / 20 : Math.min(...due.values()) - clock.now();
      await clock.sleep(Math.max(wait, 1), signal).catch(() => undefined); // Stopped: the loop ends.
    }
    await close();
  };
  const done = loop();

  return {
    done,
    pause: async () => {
      paused = true;
      await reading;
      await close();
    },
    resume: () => {
      const now = clock.now();
      for (const { id } of lane.probes) due.set(id, now);
      paused = false;
    },
  };
}

async function openSessions(
  lane: Lane,
  connection: SamplerConnection | null,
  options: SamplerOptions,
): Promise<Map<string, ProbeSession>> {
  const sessions = new Map<string, ProbeSession>();
  for (const probe of lane.probes) {
    const session =
      options.simulate === null
        ? await openProbe(probe, lane, connection, options)
        : options.simulate(probe);
    if (session !== null) sessions.set(probe.id, session);
  }
  return sessions;
}

async function openProbe(
  probe: Probe,
  lane: Lane,
  connection: SamplerConnection | null,
  { missing }: SamplerOptions,
): Promise<ProbeSession | null> {
  const say = (text: string, why: MissingBecause = "not-available") =>
    missing(`${probe.id}: ${text}`, why);
  try {
    return await probe.open({
      instance: lane.instance,
      connection: connection ?? NO_CONNECTION,
      missing: say,
    });
  } catch (error) {
    if (connection !== null && !connection.isOpen()) throw error; // The server went, not the probe.
    if (isRecoveryConflict(error)) throw error; // Replay ended the question: it is asked again.
    say(messageOf(error), whyRefused(error));
    return null;
  }
}

/** Host probes are read on this machine and ask no server. */
const NO_CONNECTION: MonitorConnection = {
  query: () => Promise.reject(new Error("a host probe has no connection")),
  hasColumns: () => Promise.resolve(false),
};

async function readOne(about: {
  readonly probe: Probe;
  readonly session: ProbeSession;
  readonly on: string;
  readonly options: SamplerOptions;
  readonly cost: Cost;
}): Promise<void> {
  const { probe, session, on, options, cost } = about;
  const askedMs = options.clock.now();
  let line: SeriesLine;
  try {
    const sample =
      options.simulate === null
        ? await withinMs(ANSWER_WITHIN_MS, (signal) => session.read(signal))
        : await session.read(new AbortController().signal);
    const t = round((askedMs + options.clock.now()) / 2);
    if ("v" in sample) line = { t, on, v: sample.v };
    else {
      if (sample.labels !== undefined) options.series(probe.id, { on, labels: sample.labels });
      line = { t, on, k: sample.k };
    }
  } catch (error) {
    line = { t: round(askedMs), on, gap: messageOf(error) };
    noteConflict(error, on, options);
  }
  options.series(probe.id, line);
  const spent = cost.get(probe.id) ?? { queries: 0, waitMs: 0 };
  spent.queries += 1;
  spent.waitMs += options.clock.now() - askedMs;
  cost.set(probe.id, spent);
}

function noteConflict(error: unknown, on: string, { clock, series }: SamplerOptions): void {
  if (!isRecoveryConflict(error)) return;
  series(CONFLICTS_HEADER.probe, { t: round(clock.now()), on, v: { ended: 1 } });
}

async function tellCost(options: SamplerOptions, cost: Cost, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    options.series("sampler", costLine(options.clock, cost));
    await options.clock.sleep(SAMPLER_HEADER.everyMs, signal).catch(() => undefined); // Stopped.
  }
}

function costLine(clock: Clock, cost: Cost): SeriesLine {
  const k = Object.fromEntries(
    [...cost].map(([id, { queries, waitMs }]) => [id, { queries, waitMs: round(waitMs) }]),
  );
  return { t: round(clock.now()), on: "host", k };
}

function headerOf(probe: Probe): SeriesHeader {
  const { id, summary, source, everyMs, keyed, series } = probe;
  return { probe: id, summary, source, everyMs, keyed, series };
}

/** The next multiple of the interval that is still to come: a late reading moves no later one. */
function nextDue(lastMs: number, everyMs: number, nowMs: number): number {
  const behind = Math.max(0, Math.floor((nowMs - lastMs) / everyMs));
  return lastMs + (behind + 1) * everyMs;
}

/** A tenth of a millisecond is finer than any reading, and short to write. */
function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
