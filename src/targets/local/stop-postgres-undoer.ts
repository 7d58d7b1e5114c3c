import { z } from "zod";
import { defineUndoer } from "../../contracts/undoer.ts";
import { endServer } from "./stop-postmaster.ts";

/** Nobody waits for a checkpoint of a server whose run is long dead, yet it may have a chance. */
const ORPHAN_PATIENCE = { fastMs: 15_000, immediateMs: 10_000 };

/**
 * Stops the server that a run left behind. A process that merely got its number is left alone.
 */
export const stopPostgresUndoer = defineUndoer({
  kind: "stop-postgres",
  schema: z.object({
    dataDirectory: z.string(),
    binDirectory: z.string(),
    /** Who it runs as; `null`: who runs pgdyno. */
    uid: z.number().nullable(),
  }),
  describe: ({ dataDirectory }) => `PostgreSQL in ${dataDirectory}`,
  undo: (server) => endServer(server, ORPHAN_PATIENCE),
});
