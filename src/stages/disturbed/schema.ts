/**
 * What failover and switchover have in common: a steady load, disturbed once in the middle of each
 * of several trials.
 */
import { z } from "zod";
import type { Choice } from "../../spec/choice.ts";
import { duration, rate, share } from "../../spec/quantities.ts";

/** Fields of a stage that disturbs a load. */
export interface DisturbedLoad {
  /** The load; always one that reconnects and keeps a ledger. */
  readonly workload: Choice;
  readonly clients: number;
  /** A share of what this load reaches undisturbed in a closed loop, or a rate. */
  readonly load: { readonly share: number } | { readonly rateTps: number };
  readonly trials: number;
  readonly warmupMs: number;
  /** The disturbance comes within it. */
  readonly windowMs: number;
  /** How long redundancy may take to be whole again. */
  readonly recoveryLimitMs: number;
}

/** The one workload that lives through a failover and keeps a ledger. */
const WORKLOAD = "native";
const DEFAULT_SHARE = 0.7;

/** The fields as they are written. */
export const disturbedLoadFields = (workload: z.ZodType<Choice>) => ({
  workload: workload
    .prefault({ [WORKLOAD]: {} })
    .describe("What loads the cluster: `native`, which reconnects and keeps a ledger."),
  clients: z.int().min(1).max(1000).default(8).describe("Connections that write."),
  load: share()
    .optional()
    .describe(
      "Offered rate as a share of what this load reaches undisturbed, measured by a short trial before, once for all stages with the same load (default 70%).",
    ),
  rate: rate().optional().describe("Offered rate in transactions per second, in place of `load`."),
  trials: z
    .int()
    .min(1)
    .max(100)
    .default(5)
    .describe("How often it is done; more trials bound a loss more tightly."),
  duration: duration({ minMs: 2000, example: "20s" })
    .prefault("20s")
    .describe("Load of each trial; the disturbance comes between a fifth and a half of it."),
  warmup: duration({ example: "3s" }).prefault("3s").describe("Load before, not measured."),
  recovery: duration({ minMs: 1000, example: "2min" })
    .prefault("2min")
    .describe("How long redundancy may take to be whole again before the run gives up."),
});

/** What the fields hold once they are read. */
interface Given {
  readonly workload: Choice;
  readonly clients: number;
  readonly load?: number | undefined;
  readonly rate?: number | undefined;
  readonly trials: number;
  readonly duration: number;
  readonly warmup: number;
  readonly recovery: number;
}

/** The fields in base units. */
export function settleDisturbedLoad(given: Given): DisturbedLoad {
  return {
    workload: given.workload,
    clients: given.clients,
    load:
      given.rate === undefined ? { share: given.load ?? DEFAULT_SHARE } : { rateTps: given.rate },
    trials: given.trials,
    warmupMs: given.warmup,
    windowMs: given.duration,
    recoveryLimitMs: given.recovery,
  };
}

/** What no field can tell alone. */
export function checkDisturbedLoad(
  given: { readonly workload?: unknown; readonly load?: unknown; readonly rate?: unknown },
  context: z.RefinementCtx,
): void {
  const say = (path: string[], message: string) =>
    context.addIssue({ code: "custom", path, message });
  if (given.load !== undefined && given.rate !== undefined) {
    say(["rate"], "must not stand beside `load`: name either");
  }
  const id = (given.workload as Partial<Choice> | undefined)?.id;
  if (id !== undefined && id !== WORKLOAD) {
    say(
      ["workload"],
      `must be \`${WORKLOAD}\`: other loads end with their connections and keep no ledger`,
    );
  }
}
