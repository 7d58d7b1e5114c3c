import { z } from "zod";
import {
  pgbenchAllowShell,
  pgbenchConnect,
  pgbenchFillfactor,
  pgbenchInitialize,
  pgbenchLatencyLimit,
  pgbenchProtocol,
  pgbenchScale,
  PGBENCH_SCRIPTS,
  pgbenchScripts,
  pgbenchVariables,
} from "../../lib/pgbench-options.ts";
import { parseDurationMs } from "../../lib/units.ts";

/** What may stand under `workload: { pgbench: … }` in an experiment. */
export const pgbenchOptions = z
  .strictObject({
    scale: pgbenchScale,
    builtin: z
      .enum(PGBENCH_SCRIPTS)
      .optional()
      .describe(
        "One of pgbench's own scripts; `tpcb-like` where neither this nor `scripts` is given.",
      ),
    scripts: pgbenchScripts,
    initialize: pgbenchInitialize,
    protocol: pgbenchProtocol,
    allowShell: pgbenchAllowShell,
    connectPerTransaction: pgbenchConnect,
    latencyLimit: pgbenchLatencyLimit.describe(
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
    fillfactor: pgbenchFillfactor,
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
    variables: pgbenchVariables,
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
