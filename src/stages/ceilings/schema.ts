import { z } from "zod";
import type { Choice } from "../../spec/choice.ts";
import { bytes, bytesPerSecond, duration } from "../../spec/quantities.ts";
import type { StageSchema } from "../../spec/stage-schema.ts";

/** What can be measured on its own. */
export const CEILINGS = ["generator", "archive", "network", "replay"] as const;

/** One of `CEILINGS`. */
export type CeilingKind = (typeof CEILINGS)[number];

/** What each station of the WAL can do on its own, and which of them is the first to give way. */
export interface CeilingsStage {
  readonly kind: "ceilings";
  /** `null`: everything that the target has. */
  readonly of: readonly CeilingKind[] | null;
  readonly workload: Choice;
  /** Writes WAL of an exact size and nothing else. */
  readonly wal: Choice;
  /** Costs the server next to nothing: what is left is the generator. */
  readonly empty: Choice;
  readonly clients: number;
  readonly warmupMs: number;
  readonly windowMs: number;
  /** WAL that is kept back before a station is let go. */
  readonly pileBytes: number;
  /** How long what was kept back may take to go. */
  readonly drainMs: number;
  /** WAL per second of the trial that confirms the forecast; `null`: found from the archive's ceiling. */
  readonly walBytesPerS: number | null;
  /** A fault that holds throughout, such as a limit on a standby's CPU; `null` for none. */
  readonly under: Choice | null;
}

/** `- ceilings: {…}` */
export const ceilingsSchema: StageSchema<CeilingsStage> = {
  kind: "ceilings",
  summary:
    "What the generator, the archive, the network and replay can do each on its own, and which gives way first.",
  schema: ({ workload, fault }) =>
    z
      .strictObject({
        of: z
          .array(z.enum(CEILINGS))
          .min(1)
          .optional()
          .describe("What is measured (default: everything that the target has)."),
        workload: workload
          .prefault({ native: {} })
          .describe("The real load: how much WAL a transaction is, and what its replay costs."),
        wal: workload
          .prefault({ native: { builtin: "wal-message" } })
          .describe("The exact load: WAL of known size and nothing else."),
        empty: workload
          .prefault({ native: { builtin: "select-one" } })
          .describe(
            "The load that shows the generator itself: it costs the server almost nothing.",
          ),
        clients: z.int().min(1).max(1000).default(8).describe("Connections of the real load."),
        duration: duration({ minMs: 2000, example: "10s" })
          .prefault("10s")
          .describe("Window of the real load, and of the trial that confirms the forecast."),
        warmup: duration({ example: "1s" }).prefault("1s").describe("Load before, not measured."),
        pile: bytes({ min: 16 * 1024 ** 2, example: "160MB" })
          .prefault("160MB")
          .describe("WAL that is kept back from a station before it is let go and timed."),
        drain: duration({ minMs: 1000, example: "30s" })
          .prefault("30s")
          .describe("How long what was kept back may take to go before the next trial begins."),
        rate: bytesPerSecond()
          .optional()
          .describe(
            "WAL of the trial that confirms the forecast (default: three times what the archive can do).",
          ),
        under: fault
          .optional()
          .describe(
            "A fault that holds throughout, on the first standby where it is about one: `limit-cpu` shows what replay does with fewer cores.",
          ),
      })
      .transform((given): CeilingsStage => ({
        kind: "ceilings",
        of: given.of ?? null,
        workload: given.workload,
        wal: given.wal,
        empty: given.empty,
        clients: given.clients,
        warmupMs: given.warmup,
        windowMs: given.duration,
        pileBytes: given.pile,
        drainMs: given.drain,
        walBytesPerS: given.rate ?? null,
        under: given.under ?? null,
      })),
};
