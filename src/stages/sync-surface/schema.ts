import { z } from "zod";
import type { Choice } from "../../spec/choice.ts";
import { duration, share } from "../../spec/quantities.ts";
import type { StageSchema } from "../../spec/stage-schema.ts";
import { WHERE_MAPPING } from "../../spec/where-mapping.ts";
import { checkDisturbedLoad } from "../disturbed/schema.ts";

/** `synchronous_commit`, from what promises least to what promises most. */
const COMMITS = ["off", "local", "remote_write", "on", "remote_apply"] as const;

/** What each way to replicate costs, and what it risks: one table, one picture. */
export interface SyncSurfaceStage {
  readonly kind: "sync-surface";
  readonly workload: Choice;
  readonly commits: readonly (typeof COMMITS)[number][];
  readonly methods: readonly ("any" | "first")[];
  readonly numbers: readonly number[];
  readonly dataDurability: "required" | "preferred";
  /** Added round trips between members. */
  readonly distancesMs: readonly number[];
  readonly clients: number;
  readonly warmupMs: number;
  readonly windowMs: number;
  readonly repetitions: number;
  /** Whether the primary is killed at each point, and a synchronous standby stopped. */
  readonly failover: boolean;
  readonly standbyLoss: boolean;
  readonly trials: number;
  readonly loadShare: number;
  readonly disturbedMs: number;
  readonly recoveryLimitMs: number;
}

/** One value or a list of them. */
const list = <T extends z.ZodType>(item: T) =>
  z.union([item, z.array(item).min(1).max(20)]).transform((given): z.output<T>[] => {
    const all = (Array.isArray(given) ? given : [given]) as z.output<T>[];
    return [...new Set(all)];
  });

/** `- sync-surface: {…}` */
export const syncSurfaceSchema: StageSchema<SyncSurfaceStage> = {
  kind: "sync-surface",
  summary:
    "What each `synchronous_commit` costs and risks, near and far: throughput, p99, RTO, RPO, blocked time.",
  schema: ({ workload }) =>
    z
      .strictObject({
        workload: workload
          .prefault({ native: {} })
          .describe("What loads the cluster: `native`, which reconnects and keeps a ledger."),
        commit: list(z.enum(COMMITS))
          .prefault(["local", "on", "remote_apply"])
          .describe(
            "`synchronous_commit`, one or a list. `off` and `local` wait for no standby, so that `method` and `number` do not matter to them.",
          ),
        method: list(z.enum(["any", "first"]))
          .prefault(["any"])
          .describe("`any`: a quorum of the standbys. `first`: those first in order that stream."),
        number: list(z.int().min(1).max(4))
          .prefault([1])
          .describe("How many standbys confirm each commit; more than there are is left out."),
        dataDurability: z
          .enum(["required", "preferred"])
          .default("required")
          .describe(
            "`required`: without enough standbys writes stop. `preferred`: they go on unconfirmed.",
          ),
        distance: list(duration({ maxMs: 1000, example: "5ms" }))
          .prefault(["0ms", "5ms"])
          .describe(
            "Round trip added between any two members, half of it each way, by proxies that the WAL streams go through; `0ms` leads them straight.",
          ),
        clients: z.int().min(1).max(1000).default(8).describe("Connections that write."),
        duration: duration({ minMs: 1000, example: "5s" })
          .prefault("5s")
          .describe("Window of each closed-loop trial that gives throughput and latency."),
        warmup: duration({ example: "1s" }).prefault("1s").describe("Load before each window."),
        repetitions: z
          .int()
          .min(1)
          .max(100)
          .default(2)
          .describe("How often each point is measured; points are shuffled in blocks."),
        failover: z
          .boolean()
          .default(true)
          .describe("Kill the primary at each point: RTO, RPO and blocked time."),
        standbyLoss: z
          .boolean()
          .default(false)
          .describe(
            "Stop a synchronous standby at each point that waits for one: how long writes are blocked.",
          ),
        trials: z
          .int()
          .min(1)
          .max(100)
          .default(1)
          .describe("Failovers, and losses of a standby, at each point."),
        load: share()
          .prefault("50%")
          .describe("Offered rate of those, as a share of what the same point reached before."),
        failoverDuration: duration({ minMs: 2000, example: "8s" })
          .prefault("8s")
          .describe(
            "Load of each of those; the disturbance comes between a fifth and a half of it.",
          ),
        recovery: duration({ minMs: 1000, example: "2min" })
          .prefault("2min")
          .describe("How long redundancy may take to be whole again before the run gives up."),
      })
      .superRefine(checkDisturbedLoad, WHERE_MAPPING)
      .transform((given): SyncSurfaceStage => ({
        kind: "sync-surface",
        workload: given.workload,
        commits: COMMITS.filter((commit) => given.commit.includes(commit)),
        methods: given.method,
        numbers: given.number.toSorted((a, b) => a - b),
        dataDurability: given.dataDurability,
        distancesMs: given.distance.toSorted((a, b) => a - b),
        clients: given.clients,
        warmupMs: given.warmup,
        windowMs: given.duration,
        repetitions: given.repetitions,
        failover: given.failover,
        standbyLoss: given.standbyLoss,
        trials: given.trials,
        loadShare: given.load,
        disturbedMs: given.failoverDuration,
        recoveryLimitMs: given.recovery,
      })),
};
