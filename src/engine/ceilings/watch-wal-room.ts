import { statfs } from "node:fs/promises";
import type { TargetHandle } from "../../contracts/target.ts";
import type { Clock } from "../../lib/clock.ts";
import { formatBytes } from "../../lib/units.ts";

const EVERY_MS = 200;
/** A server that cannot make another segment ends; several processes may each be at one. */
const SEGMENTS_LEFT = 6;

/**
 * Watches the volumes of the servers' WAL while it is kept back on purpose, and tells once, before
 * one of them is full.
 *
 * @returns stops.
 */
export function watchWalRoom(
  { cluster }: TargetHandle,
  clock: Clock,
  onShort: (because: string) => void,
): () => Promise<void> {
  const stop = new AbortController();
  const members = cluster?.members() ?? [];
  const leastBytes = SEGMENTS_LEFT * (cluster?.archive?.segmentBytes ?? 16 * 1024 ** 2);
  const watch = async () => {
    while (!stop.signal.aborted) {
      for (const { walDirectory } of members) {
        const free = await freeBytesOf(walDirectory);
        if (free === null || free >= leastBytes) continue;
        onShort(`the volume of the WAL has only ${formatBytes(free)} left, so the load ends`);
        return;
      }
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
