import { z } from "zod";
import { defineFault } from "../../contracts/define-fault.ts";
import { setArchive } from "./set-archive.ts";

/**
 * Healed, it takes up to a minute until PostgreSQL tries again: after three failures it waits so long.
 * https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/postmaster/pgarch.c (`PGARCH_AUTOWAKE_INTERVAL`)
 */
export const archiveFailing = defineFault({
  id: "archive-failing",
  summary: "Every attempt to archive a file ends in an error at once: WAL piles up in `pg_wal`.",
  options: z.strictObject({}),
  victim: "archive",
  endsPrimary: false,
  needs: ["archive"],
  async breakIt(can, _context, breaking) {
    await setArchive(can, breaking, { failing: true });
    return "the archive refuses every file";
  },
});
