import { z } from "zod";

/** What an experiment may say under `archive: { pgbackrest: … }`. */
export const pgbackrestOptions = z.strictObject({
  processMax: z
    .int()
    .min(1)
    .max(32)
    .default(2)
    .describe("`process-max`: how many of its processes push, copy and restore at once."),
  asynchronous: z
    .boolean()
    .default(true)
    .describe("`archive-async`: WAL is pushed ahead of PostgreSQL's asking, through a spool."),
  compression: z
    .enum(["none", "gz", "lz4", "zst"])
    .default("gz")
    .describe("`compress-type`; what the installed pgBackRest was built with."),
});

/** The options with every default filled in. */
export type PgbackrestOptions = z.output<typeof pgbackrestOptions>;
