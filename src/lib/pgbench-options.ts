/** Options that every workload with pgbench's tables and scripts has, in the same words. */
import { z } from "zod";
import type { Protocol } from "./pgbench-script/protocol.ts";
import { SCALE_SHARE } from "./pgbench-scale.ts";
import { parseDurationMs } from "./units.ts";

/** pgbench's own scripts, by the names that `pgbench --builtin=list` prints. */
export const PGBENCH_SCRIPTS = ["tpcb-like", "simple-update", "select-only"] as const;

/** pgbench's tables that one of its scripts uses, but for its history. */
export function tablesOfScript(script: string): readonly string[] {
  if (script === "select-only") return ["pgbench_accounts", "pgbench_branches"];
  const all = ["pgbench_accounts", "pgbench_branches", "pgbench_history", "pgbench_tellers"];
  return (PGBENCH_SCRIPTS as readonly string[]).includes(script) ? all : [];
}

/** Size of the data; see `resolveScaleOrNull` for what a share comes to. */
export const pgbenchScale = z
  .union([z.int().min(1), z.string().regex(SCALE_SHARE)])
  .default(10)
  .describe(
    "Size of the data: a number (1 is about 15 MB), or a share such as `25% of memory`, `2x memory` or `50% of shared_buffers`.",
  );

/** Scripts of the user's, each with how often it runs. */
export const pgbenchScripts = z
  .array(
    z.strictObject({
      file: z
        .string()
        .min(1)
        .describe(
          "A script in pgbench's language; a relative path starts at the experiment's folder.",
        ),
      weight: z.int().min(0).default(1).describe("How often it runs, relative to the others."),
    }),
  )
  .min(1)
  .optional()
  .describe("Your own scripts in pgbench's language, in place of `builtin`.");

/** Whether the tables are filled first. */
export const pgbenchInitialize = z
  .boolean()
  .default(true)
  .describe(
    "Fill pgbench's tables first. `false` uses tables that are there already: your own with `scripts`, or pgbench's, such as on a standby.",
  );

/** `pgbench --fillfactor`, in percent. */
export const pgbenchFillfactor = z
  .int()
  .min(10)
  .max(100)
  .default(100)
  .describe("Fill factor of the tables, in percent.");

/** `pgbench --protocol`; see `protocolOf` for what holds where it is not given. */
export const pgbenchProtocol = z
  .enum(["simple", "extended", "prepared"])
  .optional()
  .describe(
    "How statements are sent. Unless given, `simple` for your own `scripts`, as with pgbench, where a variable is text that may stand anywhere; `prepared` for built-in scripts.",
  );

/** The protocol of a load: people write scripts for pgbench's default. */
export function protocolOf(options: {
  readonly protocol?: Protocol | undefined;
  readonly scripts?: unknown;
}): Protocol {
  return options.protocol ?? (options.scripts === undefined ? "prepared" : "simple");
}

/** The user's word for `\shell` and `\setshell`. */
export const pgbenchAllowShell = z
  .boolean()
  .default(false)
  .describe(
    "Whether scripts may run programs on this machine (`\\shell`, `\\setshell`). They run as you, once per transaction, and take time that is not the database's.",
  );

/** `pgbench --connect`. */
export const pgbenchConnect = z
  .boolean()
  .default(false)
  .describe("Open a new connection for each transaction.");

/** `pgbench --define`. */
export const pgbenchVariables = z
  .record(z.string().regex(/^[A-Za-z_]\w*$/), z.union([z.string(), z.number()]))
  .default({})
  .describe("Variables for the scripts, as `pgbench --define` sets them.");

/** `pgbench --latency-limit`; a duration. */
export const pgbenchLatencyLimit = z
  .string()
  .refine((text) => (parseDurationMs(text) ?? 0) > 0, "must be a duration such as 100ms")
  .optional();
