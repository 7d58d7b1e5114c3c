import { z } from "zod";
import { defineFault } from "../../contracts/define-fault.ts";
import { setArchive } from "./set-archive.ts";

/** No error tells of it: `pg_stat_archiver` counts no failure while `archive_command` hangs. */
export const archiveHanging = defineFault({
  id: "archive-hanging",
  summary: "Every attempt to archive a file waits and neither ends nor fails: WAL piles up unseen.",
  options: z.strictObject({}),
  victim: "archive",
  endsPrimary: false,
  needs: ["archive"],
  async breakIt(can, _context, breaking) {
    await setArchive(can, breaking, { hanging: true });
    return "the archive keeps every file waiting";
  },
});
