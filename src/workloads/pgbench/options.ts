import { z } from "zod";
import { parseDurationMs } from "../../lib/units.ts";
import { SCALE_SHARE } from "../../lib/pgbench-scale.ts";

/** pgbench's own scripts, by the names that `pgbench --builtin=list` prints. */
const BUILTINS = ["tpcb-like", "simple-update", "select-only"] as const;

const scriptSchema = z.strictObject({
  file: z
    .string()
    .min(1)
    .describe("A pgbench script; a relative path starts at the experiment's folder."),
  weight: z
    .int()
    .min(0)
    .default(1)
    .describe("How often it runs, relative to the weights of the other scripts."),
});

/** What may stand under `workload: { pgbench: … }` in an experiment. */
export const pgbenchOptions = z
  .strictObject({
    scale: z
      .union([z.int().min(1), z.string().regex(SCALE_SHARE)])
      .default(10)
      .describe(
        "Size of the data: a number (1 is about 15 MB), or a share such as `25% of memory`, `2x memory` or `50% of shared_buffers`.",
      ),
    builtin: z
      .enum(BUILTINS)
      .optional()
      .describe(
        "One of pgbench's own scripts; `tpcb-like` where neither this nor `scripts` is given.",
      ),
    scripts: z
      .array(scriptSchema)
      .min(1)
      .optional()
      .describe("Your own scripts in pgbench's language, in place of `builtin`."),
    initialize: z
      .boolean()
      .default(true)
      .describe("Fill pgbench's tables first. `false` goes with `scripts` on tables of your own."),
    protocol: z
      .enum(["simple", "extended", "prepared"])
      .default("prepared")
      .describe("How statements are sent."),
    connectPerTransaction: z
      .boolean()
      .default(false)
      .describe("Open a new connection for each transaction."),
    latencyLimit: z
      .string()
      .refine((text) => (parseDurationMs(text) ?? 0) > 0, "must be a duration such as 100ms")
      .optional()
      .describe(
        "Such as `100ms`. With a rate, a transaction that is already later than this is skipped and counted as skipped.",
      ),
    maxTries: z
      .int()
      .min(1)
      .default(1)
      .describe(
        "How often a transaction is tried after a serialization failure or a deadlock. More than 1 needs pgbench 15.",
      ),
    initSteps: z
      .string()
      .regex(/^[dtgGvpf]+$/)
      .default("dtgvp")
      .describe(
        "Steps of filling the tables: d drop, t create, g generate here, G generate in the server (pgbench 13), v vacuum, p primary keys, f foreign keys.",
      ),
    fillfactor: z
      .int()
      .min(10)
      .max(100)
      .default(100)
      .describe("Fill factor of the tables, in percent."),
    partitions: z
      .int()
      .min(0)
      .default(0)
      .describe(
        "Split pgbench_accounts into this many range partitions; 0 for none. Needs pgbench 13.",
      ),
    foreignKeys: z.boolean().default(false).describe("Foreign keys between the tables."),
    threads: z
      .int()
      .min(1)
      .optional()
      .describe(
        "Threads of pgbench. As many as there are cores or clients, whichever is fewer, where not given.",
      ),
    variables: z
      .record(z.string().regex(/^\w+$/), z.union([z.string(), z.number()]))
      .default({})
      .describe("Variables for the scripts, as `pgbench --define` sets them."),
    vacuum: z
      .boolean()
      .default(false)
      .describe("Let pgbench vacuum its own tables, and empty pgbench_history, before each trial."),
  })
  .superRefine((options, context) => {
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    if (options.builtin !== undefined && options.scripts !== undefined) {
      refuse("scripts", "must not stand beside `builtin`: name one of the two");
    }
    if (!options.initialize && options.scripts === undefined) {
      refuse("initialize", "must be true without `scripts`: pgbench's own scripts need its tables");
    }
    if (options.scripts?.every(({ weight }) => weight === 0) === true) {
      refuse("scripts", "must have a weight above 0 somewhere");
    }
  });

/** The options with their defaults filled in. */
export type PgbenchOptions = z.output<typeof pgbenchOptions>;

/** The limit in milliseconds; `null` where there is none. */
export function latencyLimitMsOf(options: PgbenchOptions): number | null {
  return options.latencyLimit === undefined ? null : parseDurationMs(options.latencyLimit);
}

/** Threads that pgbench will really use: never more than clients. */
export function threadsOf(options: PgbenchOptions, clients: number, cores: number): number {
  return Math.max(1, Math.min(options.threads ?? cores, clients));
}
