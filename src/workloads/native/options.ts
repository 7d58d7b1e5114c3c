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
  tablesOfScript,
} from "../../lib/pgbench-options.ts";
import { parseDurationMs, parseRateTps } from "../../lib/units.ts";

/** pgdyno's own: they need none of pgbench's tables. */
const OWN_SCRIPTS = ["wal-message", "select-one"] as const;

const positiveDuration = (fallback: string) =>
  z
    .string()
    .refine((text) => (parseDurationMs(text) ?? 0) > 0, "must be a duration such as 100ms")
    .default(fallback);

const profileDuration = () =>
  z.string().refine((text) => (parseDurationMs(text) ?? 0) > 0, "must be a duration such as 30s");

const profileRate = () =>
  z.union([
    z.number().min(0),
    z
      .string()
      .refine(
        (text) => parseRateTps(text) !== null,
        "must be transactions per second, such as `500tps`",
      ),
  ]);

const LEDGER_PAYLOAD_BYTES = 100;

/** What may stand under `workload: { native: … }` in an experiment. */
export const nativeOptions = z
  .strictObject({
    scale: pgbenchScale,
    builtin: z
      .enum([...PGBENCH_SCRIPTS, ...OWN_SCRIPTS])
      .optional()
      .describe(
        "One of pgbench's own scripts; `tpcb-like` where neither this nor `scripts` is given. Or one of pgdyno's: `wal-message` writes 64 kB of WAL that do not compress, and nothing else; `select-one` asks for nothing.",
      ),
    scripts: pgbenchScripts,
    initialize: pgbenchInitialize,
    fillfactor: pgbenchFillfactor,
    protocol: pgbenchProtocol,
    allowShell: pgbenchAllowShell,
    connectPerTransaction: pgbenchConnect,
    thinkTime: z
      .string()
      .refine((text) => parseDurationMs(text) !== null, "must be a duration such as 10ms")
      .default("0ms")
      .describe("Closed loop: how long a client waits after an answer."),
    arrivals: z
      .enum(["poisson", "uniform"])
      .default("poisson")
      .describe(
        "Open loop: how transactions fall due. Independent users arrive as Poisson has it.",
      ),
    profile: z
      .union([
        z
          .array(
            z.union([
              z.strictObject({
                for: profileDuration().describe("How long this rate is kept."),
                rate: profileRate().describe("Offered transactions per second."),
              }),
              z.strictObject({
                ramp: profileDuration().describe("How long the rate takes to change, evenly."),
                to: profileRate().describe(
                  "Where it ends; it starts where the last piece ended, and at 0 where it is the first.",
                ),
              }),
            ]),
          )
          .min(1),
        z.strictObject({
          day: z.strictObject({
            low: profileRate().describe("Rate at the start of each period."),
            high: profileRate().describe("Rate in the middle of each period."),
            period: profileDuration().describe("Length of the day."),
          }),
        }),
      ])
      .optional()
      .describe(
        "Open loop: a rate that changes over time, from the start of the load (its warm-up too). Steps and ramps, `[{for: 30s, rate: 500tps}, {ramp: 60s, to: 2000tps}]`, whose last rate is kept, or `{day: {low: 200tps, high: 2000tps, period: 10min}}`. The stage then gives no rate.",
      ),
    latencyLimit: pgbenchLatencyLimit.describe(
      "Open loop: a transaction that is already later than this is skipped and counted as skipped.",
    ),
    maxTries: z
      .int()
      .min(0)
      .default(1)
      .describe(
        "How often a transaction is tried after a serialization failure or a deadlock; 0 is no limit.",
      ),
    threads: z
      .int()
      .min(1)
      .max(64)
      .default(1)
      .describe(
        "Worker threads of the generator. One carries tens of thousands of transactions per second.",
      ),
    requestTimeout: positiveDuration("60s").describe(
      "Longest wait for one answer, kept on the client's side.",
    ),
    reconnect: z
      .boolean()
      .default(true)
      .describe("Whether clients that lose their connection come back."),
    ledger: z
      .union([
        z.boolean(),
        z.strictObject({
          payloadBytes: z
            .int()
            .min(0)
            .max(1_000_000)
            .default(LEDGER_PAYLOAD_BYTES)
            .describe("Size of each row beside its key."),
          weight: z
            .int()
            .min(1)
            .default(1)
            .describe("How often it is written, relative to the other scripts."),
        }),
      ])
      .optional()
      .describe(
        "Keep a ledger: write numbered rows, write down outside the database how each ended, and compare after the load. In place of the built-in script, or beside `builtin` or `scripts` where one is named.",
      ),
    variables: pgbenchVariables,
  })
  .superRefine((options, context) => {
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    if (options.builtin !== undefined && options.scripts !== undefined) {
      refuse("scripts", "must not stand beside `builtin`: name one of the two");
    }
    const { profile } = options;
    if (profile !== undefined && options.thinkTime !== "0ms") {
      refuse("thinkTime", "must not stand beside `profile`: clients of an open loop do not think");
    }
    if (profile !== undefined && (ratesOf(profile).at(-1) ?? 0) <= 0) {
      refuse("profile", "must not end with a rate of 0: nothing would fall due from then on");
    }
  });

/** The options with their defaults filled in. */
export type NativeOptions = z.output<typeof nativeOptions>;

function ratesOf(profile: NonNullable<NativeOptions["profile"]>): number[] {
  const rates = Array.isArray(profile)
    ? profile.map((piece) => ("to" in piece ? piece.to : piece.rate))
    : [profile.day.high];
  return rates.map((rate) => (typeof rate === "number" ? rate : (parseRateTps(rate) ?? 0)));
}

/** How the ledger is written; `null` where none is kept. */
export function ledgerOf({ ledger }: Pick<NativeOptions, "ledger">): {
  readonly payloadBytes: number;
  readonly weight: number;
} | null {
  if (ledger === undefined || ledger === false) return null;
  return ledger === true ? { payloadBytes: LEDGER_PAYLOAD_BYTES, weight: 1 } : ledger;
}

/** pgbench's tables that the load uses and does not make: where they are there already. */
export function tablesToFind(options: NativeOptions): readonly string[] {
  if (options.initialize || options.scripts !== undefined) return [];
  return isLedgerOnly(options) || isTableless(options)
    ? []
    : tablesOfScript(options.builtin ?? "tpcb-like");
}

/** Whether the built-in script is one of pgdyno's own, which need none of pgbench's tables. */
export function isTableless({ builtin }: Pick<NativeOptions, "builtin">): boolean {
  return (OWN_SCRIPTS as readonly (string | undefined)[]).includes(builtin);
}

/** Whether the ledger is all that is written, so that pgbench's tables are not needed. */
export function isLedgerOnly(
  options: Pick<NativeOptions, "ledger" | "builtin" | "scripts">,
): boolean {
  return (
    ledgerOf(options) !== null && options.builtin === undefined && options.scripts === undefined
  );
}
