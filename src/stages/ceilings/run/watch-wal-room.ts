import type { TargetHandle } from "../../../contracts/target-handle.ts";
import type { Clock } from "../../../lib/clock.ts";
import { formatBytes } from "../../../lib/units.ts";
import { WAL_PROGRESS_HEADER } from "../../../record/series-format.ts";
import type { RecordWriter } from "../../../record/record-writer.ts";

const EVERY_MS = 250;
/** A server that cannot make another segment ends; several processes may each be at one. */
const SEGMENTS_LEFT = 6;
/** A segment's usual size, where the target does not tell. */
const SEGMENT_BYTES = 16 * 1024 ** 2;

export interface RoomScene {
  readonly target: TargetHandle;
  readonly clock: Clock;
  readonly writer: RecordWriter;
  /** Where that server writes; `null` where it is not known. */
  readonly lsnBytes: (on: string) => number | null;
  /** Told once, before a volume is full. */
  readonly onShort: (on: string, because: string) => void;
}

/**
 * Writes down how much room the primary's WAL has while it is kept back on purpose, and tells before the
 * volume of any member is full. Does nothing for a target that does not show it.
 *
 * @returns stops.
 */
export function watchWalRoom(scene: RoomScene): () => Promise<void> {
  const { target, clock, writer, onShort } = scene;
  const { cluster, can } = target;
  const stop = new AbortController();
  const leastBytes = SEGMENTS_LEFT * (can.archive?.segmentBytes ?? SEGMENT_BYTES);
  let told = false;
  const look = async (name: string, isPrimary: boolean) => {
    const roomBytes = (await can.walRoom?.roomBytes(name, scene.lsnBytes(name))) ?? null;
    if (roomBytes === null) return;
    if (isPrimary) {
      const t = Math.round(clock.now());
      writer.series(WAL_PROGRESS_HEADER.probe, { t, on: name, v: { roomBytes } });
    }
    if (told || roomBytes >= leastBytes) return;
    told = true;
    onShort(name, `its WAL has only ${formatBytes(roomBytes)} of room left: the load ends`);
  };
  const watch = async () => {
    while (!stop.signal.aborted) {
      for (const { name, role } of cluster?.members() ?? []) await look(name, role === "primary");
      await clock.sleep(EVERY_MS, stop.signal).catch(() => undefined); // Stopped.
    }
  };
  const watching = watch();
  return async () => {
    stop.abort(new Error("the trial is over"));
    await watching;
  };
}
