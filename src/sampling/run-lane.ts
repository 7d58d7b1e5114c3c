import type { MissingBecause, MonitorConnection, Probe, ProbeSession } from "../contracts/probe.ts";
import { messageOf } from "../lib/errors.ts";
import { isRecoveryConflict } from "../lib/recovery-conflict.ts";
import { whyRefused } from "../lib/statistics-privilege.ts";
import { OWN_HOST, type SeriesHeader } from "../record/series-format.ts";
import type { Lane } from "./lanes.ts";
import type { MonitorSession } from "./monitor-session.ts";
import { noteConflict, readProbe, type ReadingScene } from "./read-probe.ts";
import { roundMs } from "./round-ms.ts";
import type { SharedConnections } from "./share-connections.ts";

export interface RunningLane {
  pause(): Promise<void>;
  resume(): void;
  readonly done: Promise<void>;
}

export interface LaneScene extends ReadingScene {
  /** A target without a server gives the readings itself. */
  readonly simulate: ((probe: Probe) => ProbeSession | null) | null;
  readonly seriesHeader: (header: SeriesHeader) => void;
  /** What cannot be seen here, as a sentence, and why; told once. */
  readonly missing: (text: string, why: MissingBecause) => void;
  readonly connections: SharedConnections;
}

/** While it is paused it looks this often whether it may go on. */
const PAUSED_LOOK_MS = 50;

/** Reads a lane's probes as they fall due, until the signal ends it. */
export function runLane(lane: Lane, scene: LaneScene, signal: AbortSignal): RunningLane {
  const { clock } = scene;
  let connection: MonitorSession | null = null;
  let sessions: Map<string, ProbeSession> | null = null;
  let paused = false;
  let reading: Promise<void> = Promise.resolve();
  const due = new Map(lane.probes.map((probe) => [probe.id, clock.now()]));
  for (const probe of lane.probes) scene.seriesHeader(headerOf(probe));

  const close = async () => {
    const closing = connection;
    connection = null;
    sessions = null;
    await closing?.close();
  };

  const open = async () => {
    if (lane.connectsTo !== null && connection?.isOpen() !== true) {
      await close();
      connection = await scene.connections.open(lane.connectsTo);
    }
    sessions ??= await openSessions(lane, connection, scene);
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
      noteConflict(error, lane.on, scene);
    }
    const read = async (probe: Probe) => {
      due.set(probe.id, nextDue(due.get(probe.id)!, probe.everyMs, clock.now()));
      const session = opened?.get(probe.id);
      if (opened !== null && session === undefined) return; // Nothing to read here, said once.
      if (session === undefined) {
        scene.series(probe.id, { t: roundMs(clock.now()), on: lane.on, gap: because });
        return;
      }
      await readProbe({ probe: probe.id, on: lane.on, session }, scene);
    };
    if (lane.asksAtOnce) await Promise.all(probes.map(read));
    else {
      for (const probe of probes) {
        await read(probe);
        if (lane.connectsTo !== null && connection?.isOpen() !== true) break;
      }
    }
  };

  const loop = async () => {
    while (!signal.aborted) {
      if (!paused) {
        reading = readDue();
        await reading;
      }
      const wait = paused ? PAUSED_LOOK_MS : Math.min(...due.values()) - clock.now();
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
  connection: MonitorSession | null,
  scene: LaneScene,
): Promise<Map<string, ProbeSession>> {
  const sessions = new Map<string, ProbeSession>();
  for (const probe of lane.probes) {
    const session =
      scene.simulate === null
        ? await openProbe(probe, lane, connection, scene)
        : scene.simulate(probe);
    if (session !== null) sessions.set(probe.id, session);
  }
  return sessions;
}

async function openProbe(
  probe: Probe,
  lane: Lane,
  connection: MonitorSession | null,
  { missing }: LaneScene,
): Promise<ProbeSession | null> {
  const say = (text: string, why: MissingBecause = "not-available") =>
    missing(`${whereOf(probe, lane)}: ${text}`, why);
  try {
    return await probe.open({
      ...lane.place(),
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

/** Servers lack the same; hosts may differ, and only the observer's own needs no name. */
function whereOf({ id, scope }: Probe, { on }: Lane): string {
  return scope === "instance" || on === OWN_HOST ? id : `${id} on ${on}`;
}

/** Host probes ask no server. */
const NO_CONNECTION: MonitorConnection = {
  query: () => Promise.reject(new Error("a host probe has no connection")),
  hasColumns: () => Promise.resolve(false),
};

function headerOf(probe: Probe): SeriesHeader {
  const { id, summary, source, everyMs, keyed, series } = probe;
  return { probe: id, summary, source, everyMs, keyed, series };
}

/** The next multiple of the interval that is still to come: a late reading moves no later one. */
function nextDue(lastMs: number, everyMs: number, nowMs: number): number {
  const behind = Math.max(0, Math.floor((nowMs - lastMs) / everyMs));
  return lastMs + (behind + 1) * everyMs;
}
