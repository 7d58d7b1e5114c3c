import { z } from "zod";
import { defineUndoer } from "../contracts/undoer.ts";
import { endOrphans } from "../lib/postgresql-orphans.ts";
import { removeSharedMemory } from "../lib/postgresql-shared-memory.ts";

/**
 * Ends what is left of a server whose postmaster was killed, and takes the memory away that it shared with
 * its children. A server that runs there again stays.
 */
export const endOrphansUndoer = defineUndoer({
  kind: "end-orphans",
  schema: z.object({
    dataDirectory: z.string(),
    /** What the server shared before: once all its processes are gone, nothing tells. */
    memory: z
      .object({
        segmentIds: z.array(z.number()).readonly(),
        fileNames: z.array(z.string()).readonly(),
      })
      .optional(),
  }),
  describe: ({ dataDirectory }) => `orphans of the server in ${dataDirectory}`,

  async undo({ dataDirectory, memory }) {
    await endOrphans(dataDirectory);
    if (memory !== undefined) removeSharedMemory(memory);
  },
});
