import type { AppliedFault } from "../../../contracts/fault.ts";
import type { Workload } from "../../../contracts/workload.ts";
import { formatBytes, formatDurationMs } from "../../../lib/units.ts";
import type { RunEvent } from "../../../record/events.ts";
import type { Json } from "../../../record/json.ts";
import type { PlannedCeiling, PlannedTrial } from "../../../record/planned-trial.ts";
import { runTrial } from "../../../engine/run-trial.ts";
import type { StageScene } from "../../../engine/stage-runner.ts";
import { HOLDS } from "./ceilings-possible.ts";
import { faultHolder, type FaultHolder } from "./hold-faults.ts";
import { trackWal, type WalPoint, type WalTracker } from "./track-wal.ts";
import { watchWalRoom } from "./watch-wal-room.ts";

type CeilingTrial = PlannedTrial & { readonly ceiling: PlannedCeiling };

/** What was sent while nothing was let through arrives in this time. */
const SETTLE_MS = 1000;
/** So near its target a station has caught up: the tail waits for the next flush, not for the station. */
const NEAR_SHARE = 0.005;
const FIRST_READING_MS = 10_000;
/** Beyond all that the trial may take, until what is held must have been let go by itself. */
const TIME_LIMIT_MARGIN_MS = 60_000;

/**
 * One station of the WAL on its own: WAL is kept back from it while the load piles it up, then it is
 * let go and timed; standbys one after the other, so that none has to share the machine.
 *
 * @throws {DynoError} FAULT_FAILED, FAULT_NOT_HEALED; what the workload threw.
 */
export async function runCeilingTrial(
  trial: CeilingTrial,
  workload: Workload,
  scene: StageScene,
): Promise<void> {
  const { ceiling } = trial;
  const { context, target, writer, signal } = scene;
  const stations = stationsOf(ceiling, scene);
  const holder = faultHolder({
    trial,
    scene,
    timeLimitMs:
      trial.warmupMs +
      trial.windowMs +
      ceiling.drainMs * (stations.length + 1) +
      TIME_LIMIT_MARGIN_MS,
  });
  const tracker = trackWal({
    instances: target.instances,
    connect: scene.connect,
    clock: context.clock,
    writer,
  });
  const enough = new AbortController();
  // A load can only be ended once it has begun.
  const load: { hasBegun: boolean; isTooMuch: Error | null } = { hasBegun: false, isTooMuch: null };
  const stopRoom = watchWalRoom({
    target,
    clock: context.clock,
    writer,
    lsnBytes: (on) => tracker.latest(on)?.flushedLsnBytes ?? null,
    onShort: (on, because) => {
      tell({ scene, trial }, on, "short-of-room", null, because);
      load.isTooMuch = new Error(because);
      if (load.hasBegun) enough.abort(load.isTooMuch);
    },
  });
  try {
    await tracker.until(primaryOf(scene), () => true, { forMs: FIRST_READING_MS, signal });
    await untilArchived(tracker, trial, scene);
    if (ceiling.under !== null)
      await holder.apply(ceiling.under.fault, ceiling.under.options, null);
    const held = await holdAll(stations, holder, scene, trial);
    let watching: Promise<void> | null = null;
    await runTrial(trial, workload, {
      ...scene,
      enough: enough.signal,
      onLoad: () => {
        load.hasBegun = true;
        if (load.isTooMuch !== null) enough.abort(load.isTooMuch);
        watching = endWhenPiled({ ceiling, tracker, enough, scene });
      },
      afterLoad: async () => {
        enough.abort(new Error("the load has ended"));
        await watching;
        if (ceiling.pileBytes !== null) await letGo(held, { trial, tracker, scene });
      },
    });
  } finally {
    enough.abort(new Error("the trial is over"));
    await stopRoom();
    await tracker.stop();
    await holder.healAll();
  }
}

/** One thing that WAL is kept back from. */
interface Station {
  readonly on: string;
  readonly fault: string | null;
  /** The server whose reading shows it, and the position in it. */
  readonly read: string;
  at(point: WalPoint): number | null;
}

function stationsOf({ of, pileBytes }: PlannedCeiling, scene: StageScene): Station[] {
  if (pileBytes === null) return [];
  const { cluster } = scene.target;
  const fault = cluster === undefined ? null : HOLDS[of];
  const primary = primaryOf(scene);
  if (of === "archive") {
    return [{ on: "archive", fault, read: primary, at: (point) => point.archivedLsnBytes }];
  }
  const standbys = (cluster?.members() ?? []).filter(({ role }) => role === "standby");
  return standbys.map(({ name }) => ({
    on: name,
    fault,
    read: name,
    at: (point) => (of === "replay" ? point.replayedLsnBytes : point.flushedLsnBytes),
  }));
}

function primaryOf({ target }: StageScene): string {
  return target.cluster?.primary() ?? target.instances[0]!.name;
}

/** What an earlier trial left for the archive goes first: it must not share this one's time or room. */
async function untilArchived(
  tracker: WalTracker,
  { ceiling: { drainMs, of } }: CeilingTrial,
  scene: StageScene,
): Promise<void> {
  const { archive } = scene.target.can;
  if (archive === undefined || of === "forecast") return;
  const { segmentBytes } = archive;
  scene.progress.say("waits for the archive");
  // The first segment of all is the second by its position: before it there is nothing to archive.
  const isArchived = ({ flushedLsnBytes, archivedLsnBytes }: WalPoint) =>
    (archivedLsnBytes ?? segmentBytes) >=
    Math.floor((flushedLsnBytes ?? 0) / segmentBytes) * segmentBytes;
  const limits = { forMs: drainMs, signal: scene.signal };
  await tracker.until(primaryOf(scene), isArchived, limits);
}

interface Held {
  readonly station: Station;
  readonly applied: AppliedFault | null;
}

async function holdAll(
  stations: readonly Station[],
  holder: FaultHolder,
  scene: StageScene,
  trial: CeilingTrial,
): Promise<Held[]> {
  const held: Held[] = [];
  for (const station of stations) {
    const applied =
      station.fault === null
        ? null
        : await holder.apply(station.fault, {} satisfies Json, station.on);
    held.push({ station, applied });
    const text = applied?.text ?? "nothing is kept back: what piles up does so by itself";
    tell({ scene, trial }, station.on, "held", null, text);
  }
  return held;
}

async function endWhenPiled(about: {
  readonly ceiling: PlannedCeiling;
  readonly tracker: WalTracker;
  readonly enough: AbortController;
  readonly scene: StageScene;
}): Promise<void> {
  const { ceiling, tracker, enough, scene } = about;
  const { pileBytes } = ceiling;
  if (pileBytes === null) return;
  const on = primaryOf(scene);
  const first = tracker.latest(on)?.flushedLsnBytes ?? null;
  if (first === null) return;
  const is = ({ flushedLsnBytes: now }: WalPoint) => now !== null && now - first >= pileBytes;
  const limits = { forMs: Infinity, signal: AbortSignal.any([scene.signal, enough.signal]) };
  // The load ended first: it is then as much as there is.
  await tracker.until(on, is, limits).catch(() => false);
  enough.abort(new Error("enough WAL has piled up"));
}

async function letGo(
  held: readonly Held[],
  about: {
    readonly trial: CeilingTrial;
    readonly tracker: WalTracker;
    readonly scene: StageScene;
  },
): Promise<void> {
  const { trial, tracker, scene } = about;
  const { signal, context, progress } = scene;
  const { drainMs } = trial.ceiling;
  await context.clock.sleep(SETTLE_MS, signal);
  const written = tracker.latest(primaryOf(scene))?.flushedLsnBytes ?? null;
  for (const { station, applied } of held) {
    const { on, read, at } = station;
    const from = nullable(tracker.latest(read), at);
    const target = written === null ? null : targetOf(trial.ceiling, written, scene);
    const distance = target === null || from === null ? null : Math.max(0, target - from);
    const pile = distance === null ? "an unknown amount" : formatBytes(distance);
    tell(about, on, "piled", target, `${pile} of WAL wait for ${on}`);
    progress.say(`${on}: ${pile} of WAL let go`);
    await applied?.heal();
    tell(about, on, "released", target, `${on} is let go`);
    const near = (target ?? 0) - NEAR_SHARE * (distance ?? 0);
    const isThere = (point: WalPoint) => target === null || (at(point) ?? 0) >= near;
    const startedMs = context.clock.now();
    const done = await tracker.until(read, isThere, { forMs: drainMs, signal });
    const took = formatDurationMs(context.clock.now() - startedMs);
    if (done) tell(about, on, "drained", target, `${on} has caught up after ${took}`);
    else tell(about, on, "given-up", target, `${on} has not caught up after ${took}`);
  }
}

/** Only whole segments are archived. */
function targetOf({ of }: PlannedCeiling, written: number, { target }: StageScene): number {
  if (of !== "archive") return written;
  const segmentBytes = target.can.archive?.segmentBytes ?? SEGMENT_BYTES;
  return Math.floor(written / segmentBytes) * segmentBytes;
}

/** A segment's usual size, where the server is not pgdyno's. */
const SEGMENT_BYTES = 16 * 1024 ** 2;

function nullable(point: WalPoint | null, at: Station["at"]): number | null {
  return point === null ? null : at(point);
}

type CeilingPhase = Extract<RunEvent, { kind: "ceiling" }>["phase"];

function tell(
  { scene, trial }: { readonly scene: StageScene; readonly trial: CeilingTrial },
  on: string,
  phase: CeilingPhase,
  targetLsnBytes: number | null,
  text: string,
): void {
  const atMs = scene.context.clock.now();
  const streams = on === "archive" ? (scene.target.can.archive?.concurrency ?? 1) : 1;
  scene.writer.event({
    kind: "ceiling",
    atMs,
    trial: trial.id,
    on,
    phase,
    targetLsnBytes,
    streams,
    text,
  });
}
