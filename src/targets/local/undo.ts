import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import type { UndoEntry } from "../../contracts/context.ts";
import { findPostmaster } from "../../lib/postgresql-process.ts";
import { endServer } from "./stop-postmaster.ts";

/** Nobody waits for a checkpoint of a server whose run is long dead, yet it may have a chance. */
const ORPHAN_PATIENCE = { fastMs: 15_000, immediateMs: 10_000 };

/**
 * Stops the server that a run left behind. A process that merely got its number is left alone.
 *
 * Safe where nothing runs and when called twice.
 */
export async function undoStopPostgres(
  entry: Extract<UndoEntry, { undo: "stop-postgres" }>,
): Promise<void> {
  await endServer(entry, ORPHAN_PATIENCE);
}

/**
 * Removes a folder that a run made. Only folders that bear `pgdyno` in their name are ours, and one in
 * which a server still runs stays.
 *
 * @throws where the folder is not ours or is in use.
 */
export async function undoRemoveDirectory(
  entry: Extract<UndoEntry, { undo: "remove-directory" }>,
): Promise<void> {
  const folder = path.resolve(entry.path);
  if (!path.basename(folder).includes("pgdyno")) {
    throw new Error(`${folder} does not bear pgdyno's name, so it is left untouched.`);
  }
  for (const inside of await dataDirectoriesIn(folder)) {
    const postmaster = findPostmaster(inside);
    if (postmaster !== null) {
      throw new Error(`PostgreSQL ${postmaster.pid} still runs in ${inside}.`);
    }
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** A single server's is `data`, those of a cluster's members `pg1/data` and so on. */
async function dataDirectoriesIn(folder: string): Promise<readonly string[]> {
  const inside = await readdir(folder).catch(() => []);
  return [folder, ...[".", ...inside].map((name) => path.join(folder, name, "data"))];
}
