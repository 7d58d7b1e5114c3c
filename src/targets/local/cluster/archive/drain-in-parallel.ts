import type { ArchiveKnobs } from "../../../../contracts/archive.ts";
import { createReadStream, createWriteStream } from "node:fs";
import { access, copyFile, open, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { constants, createGzip } from "node:zlib";
import type { Clock } from "../../../../lib/clock.ts";

/** What is drained from where. */
export interface DrainScene {
  readonly clock: Clock;
  readonly directory: string;
  readonly compression: "none" | "gzip";
  readonly concurrency: number;
  readonly knobs: () => ArchiveKnobs;
  /** `pg_wal` of the primary; `null` while there is none. */
  readonly walDirectory: () => string | null;
}

const LOOK_MS = 30;
const HANG_LOOK_MS = 100;

/**
 * Brings WAL files that PostgreSQL has not asked for yet to the archive, several at a time, the oldest
 * first. PostgreSQL asks for one after the other and finds each there, as with pgBackRest's
 * asynchronous archiving.
 *
 * @see https://pgbackrest.org/user-guide.html#async-archiving/async-archive-push
 * @returns ends it, after the files under way.
 */
export function drainInParallel(scene: DrainScene): () => Promise<void> {
  const { clock, concurrency } = scene;
  const stop = new AbortController();
  const underWay = new Map<string, Promise<void>>();
  const there = new Set<string>();
  const bring = async (name: string, walDirectory: string) => {
    try {
      await bringFile(scene, { name, walDirectory, signal: stop.signal });
      there.add(name);
    } catch {
      // Failing, or the primary went away with its file: it is tried again as long as it is asked for.
    } finally {
      underWay.delete(name);
    }
  };
  const run = async () => {
    while (!stop.signal.aborted) {
      const walDirectory = scene.walDirectory();
      const names = walDirectory === null ? [] : await listReady(walDirectory);
      for (const name of names) {
        if (underWay.size >= concurrency) break;
        if (underWay.has(name) || there.has(name)) continue;
        underWay.set(name, bring(name, walDirectory!));
      }
      const looking = clock.sleep(LOOK_MS, stop.signal).catch(() => undefined); // Stopped.
      await (underWay.size >= concurrency ? Promise.race(underWay.values()) : looking);
    }
    await Promise.all(underWay.values());
  };
  const running = run();
  return async () => {
    stop.abort(new Error("The archive goes down."));
    await running;
  };
}

/** Names that wait, oldest first; timeline histories before all, since recovery needs them first. */
async function listReady(walDirectory: string): Promise<readonly string[]> {
  const folder = path.join(walDirectory, "archive_status");
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.endsWith(".ready"))
    .map((name) => name.slice(0, -".ready".length))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

function rank(name: string): number {
  return name.endsWith(".history") ? 0 : 1;
}

async function bringFile(
  { clock, directory, compression, knobs }: DrainScene,
  {
    name,
    walDirectory,
    signal,
  }: { readonly name: string; readonly walDirectory: string; readonly signal: AbortSignal },
): Promise<void> {
  const target = path.join(directory, compression === "gzip" ? `${name}.gz` : name);
  if (await isThere(target)) return;
  while (knobs().hanging) await clock.sleep(HANG_LOOK_MS, signal);
  const { bandwidthBytesPerS, latencyMs, failing } = knobs();
  if (failing) {
    await clock.sleep(HANG_LOOK_MS, signal);
    throw new Error("The archive is to fail.");
  }
  const temporary = path.join(directory, `.${name}.parallel`);
  const startedMs = clock.now();
  try {
    const bytes = await copySynced(path.join(walDirectory, name), temporary, compression);
    const lineMs = bandwidthBytesPerS === null ? 0 : (bytes * 1000) / bandwidthBytesPerS;
    // What was copied went over the line meanwhile; what is compressed only goes when it is.
    const workedMs = compression === "none" ? clock.now() - startedMs : 0;
    await clock.sleep(Math.max(0, latencyMs + lineMs - workedMs), signal);
    await rename(temporary, target);
    await syncFolder(directory);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function copySynced(from: string, to: string, compression: "none" | "gzip"): Promise<number> {
  if (compression === "gzip") {
    const squeeze = createGzip({ level: constants.Z_BEST_SPEED });
    await pipeline(createReadStream(from), squeeze, createWriteStream(to));
  } else await copyFile(from, to);
  const file = await open(to, "r");
  try {
    await file.datasync();
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
