import { z } from "zod";
import { defineFault } from "../../contracts/fault.ts";
import { setArchive, whyNoArchive } from "./set-archive.ts";

/** No error tells of it: `pg_stat_archiver` counts no failure while `archive_command` hangs. */
export const archiveHanging = defineFault<Record<string, never>>({
  id: "archive-hanging",
  summary: "Every attempt to archive a file waits and neither ends nor fails: WAL piles up unseen.",
  options: z.strictObject({}),
  victim: "archive",
  endsPrimary: false,
  whyNot: async (target) => whyNoArchive(target),
  apply: (context) =>
    setArchive(context, {
      fault: "archive-hanging",
      knobs: { hanging: true },
      text: "keeps every file waiting",
    }),
});
