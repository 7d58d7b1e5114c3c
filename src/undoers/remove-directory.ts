import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { defineUndoer } from "../contracts/undoer.ts";
import { assertOurs } from "../lib/assert-ours.ts";
import { findPostmaster } from "../lib/postgresql-process.ts";

/**
 * Removes a folder that a run made. Only folders that bear `pgdyno` in their name are ours, and one in
 * which a server still runs stays.
 */
export const removeDirectoryUndoer = defineUndoer({
  kind: "remove-directory",
  schema: z.object({ path: z.string() }),
  describe: (entry) => `folder ${entry.path}`,

  async undo(entry) {
    const folder = path.resolve(entry.path);
    assertOurs(folder);
    for (const inside of await dataDirectoriesIn(folder)) {
      const postmaster = findPostmaster(inside);
      if (postmaster !== null) {
        throw new Error(`PostgreSQL ${postmaster.pid} still runs in ${inside}.`);
      }
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  },
});

/** A single server's is `data`, those of a cluster's members `pg1/data` and so on. */
async function dataDirectoriesIn(folder: string): Promise<readonly string[]> {
  const inside = await readdir(folder).catch(() => []);
  return [folder, ...[".", ...inside].map((name) => path.join(folder, name, "data"))];
}
