import { z } from "zod";
import { defineFault } from "../../contracts/fault.ts";
import { setArchive, whyNoArchive } from "./set-archive.ts";

export const archiveFailing = defineFault<Record<string, never>>({
  id: "archive-failing",
  summary: "Every attempt to archive a file ends in an error at once: WAL piles up in `pg_wal`.",
  options: z.strictObject({}),
  victim: "archive",
  endsPrimary: false,
  whyNot: async (target) => whyNoArchive(target),
  apply: (context) =>
    setArchive(context, {
      fault: "archive-failing",
      knobs: { failing: true },
      text: "refuses every file",
    }),
});
