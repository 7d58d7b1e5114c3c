import { readdir, statfs } from "node:fs/promises";
import type { ClusterMember } from "../../contracts/cluster.ts";
import type { TargetHandle } from "../../contracts/target.ts";
import type { Clock } from "../../lib/clock.ts";
import { formatBytes } from "../../lib/units.ts";
import { WAL_PROGRESS_HEADER } from "../../record/series-format.ts";
import type { RecordWriter } from "../../record/record-writer.ts";

const EVERY_MS = 250;
/** A server that cannot make another segment ends; several processes may each be at one. */
const SEGMENTS_LEFT = 6;
const SEGMENT_BYTES = 16 * 1024 ** 2;
const SEGMENT_NAME = /^[0-9A-F]{24}$/;

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
 * volume of any member is full. Does nothing for a server whose files are not on this machine.
 *
 * @returns stops.
 */
export function watchWalRoom(scene: RoomScene): () => Promise<void> {
  const { target, clock, writer, onShort } = scene;
  const { cluster } = target;
  const stop = new AbortController();
  const segmentBytes = cluster?.archive?.segmentBytes ?? SEGMENT_BYTES;
  let told = false;
  const look = async (member: ClusterMember) => {
    const freeBytes = await freeBytesOf(member.walDirectory);
    if (freeBytes === null) return;
    const lsnBytes = scene.lsnBytes(member.name);
    const ahead = lsnBytes === null ? 0 : await countAhead(member, lsnBytes, segmentBytes);
    const roomBytes = freeBytes + ahead * segmentBytes;
    if (member.role === "primary") {
      const t = Math.round(clock.now());
      writer.series(WAL_PROGRESS_HEADER.probe, { t, on: member.name, v: { roomBytes } });
    }
    if (told || roomBytes >= SEGMENTS_LEFT * segmentBytes) return;
    told = true;
    onShort(member.name, `its WAL has only ${formatBytes(roomBytes)} of room left: the load ends`);
  };
  const watch = async () => {
    while (!stop.signal.aborted) {
      for (const member of cluster?.members() ?? []) await look(member);
      await clock.sleep(EVERY_MS, stop.signal).catch(() => undefined); // Stopped.
    }
  };
  const watching = watch();
  return async () => {
    stop.abort(new Error("the trial is over"));
    await watching;
  };
}

/** `null` where the folder is not there at the moment. */
async function freeBytesOf(directory: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/**
 * Segments after the one that is written: recycled, ready for coming WAL. The last 16 digits of a name
 * are the segment's place, whatever its timeline.
 *
 * @see https://www.postgresql.org/docs/current/wal-internals.html
 */
async function countAhead(
  { walDirectory }: ClusterMember,
  lsnBytes: number,
  segmentBytes: number,
): Promise<number> {
  const segment = Math.floor(lsnBytes / segmentBytes);
  const perFile = 2 ** 32 / segmentBytes;
  const hex = (value: number) => value.toString(16).toUpperCase().padStart(8, "0");
  const current = `${hex(Math.floor(segment / perFile))}${hex(segment % perFile)}`;
  const names = await readdir(walDirectory).catch(() => []);
  return names.filter((name) => SEGMENT_NAME.test(name) && name.slice(8) > current).length;
}
