import { z } from "zod";
import type { Choice } from "../../spec/choice.ts";
import { duration, rate, share } from "../../spec/quantities.ts";
import type { StageSchema } from "../../spec/stage-schema.ts";
import { WHERE_MAPPING } from "../../spec/where-mapping.ts";

/** The largest offered rate at which the latency objective holds and nothing queues. */
export interface SearchStage {
  readonly kind: "search";
  readonly workload: Choice;
  /** In ms; `null` where not asked; at least one is. */
  readonly until: {
    readonly p50Ms: number | null;
    readonly p95Ms: number | null;
    readonly p99Ms: number | null;
  };
  /** Rungs of the closed loop that gives the peak and the number of connections. */
  readonly clients: readonly number[];
  /** First rate; `null` takes half of the peak. */
  readonly startTps: number | null;
  readonly precisionShare: number;
  readonly windowMs: number;
  /** Window of the closed loop's trials: they only find the peak. */
  readonly closedWindowMs: number;
  readonly confirmMs: number;
  readonly warmupMs: number;
  readonly cooldownMs: number;
  readonly between: "restore" | "keep";
  readonly trialsMax: number;
  /** Of its trials, warm-up and cool-down with them; `null` without limit. */
  readonly budgetMs: number | null;
}

const DEFAULT_CLIENTS = [1, 2, 4, 8, 16, 32, 64];
/** A look at the closed loop takes this part of a probe: it only says where the peak lies. */
const CLOSED_SHARE = 1 / 4;
const CLOSED_MS_MIN = 3000;
/** The result is confirmed by a window of this many probes where the experiment does not say. */
const CONFIRM_TIMES = 2;

const clientCount = z.int().min(1).max(10_000);
const latency = (percent: number) =>
  duration({ minMs: 0.001, example: "50ms" })
    .optional()
    .describe(`${percent} of 100 transactions end within this time.`);

/** `- search: {…}` */
export const searchSchema: StageSchema<SearchStage> = {
  kind: "search",
  summary: "The largest offered rate at which latency holds and nothing queues.",
  schema: ({ workload }) =>
    z
      .strictObject({
        workload: workload.describe("What loads the target."),
        until: z
          .strictObject({ p50: latency(50), p95: latency(95), p99: latency(99) })
          .describe("The latency that must hold, counted from the scheduled start."),
        clients: z
          .union([clientCount, z.array(clientCount).min(1).max(100)])
          .default(DEFAULT_CLIENTS)
          .describe(
            "Connections: a list is climbed in a closed loop for the peak, and its best is taken.",
          ),
        start: rate().optional().describe("First rate (default: half of the closed loop's peak)."),
        precision: share()
          .prefault("5%")
          .describe("How far the smallest rate that failed may lie above the result."),
        duration: duration({ minMs: 1000 }).prefault("60s").describe("Window of a probe."),
        confirm: duration({ minMs: 1000, example: "2min" })
          .optional()
          .describe("Window in which the result must hold again (default: twice `duration`)."),
        warmup: duration({ example: "10s" }).prefault("10s").describe("Load before each window."),
        cooldown: duration({ example: "1s" }).prefault("1s").describe("Load after each window."),
        between: z
          .enum(["restore", "keep"])
          .default("restore")
          .describe("`restore` puts the loaded state back before each trial that writes."),
        trials: z.int().min(3).max(200).default(40).describe("At most so many trials."),
        budget: duration({ minMs: 1000, example: "30min" })
          .optional()
          .describe("At most so much load in all."),
      })
      .superRefine(({ until }, context) => {
        if (until === undefined || Object.values(until).some((limit) => limit !== undefined))
          return;
        const message = "must name at least one of p50, p95 and p99, such as `{ p99: 50ms }`";
        context.addIssue({ code: "custom", path: ["until"], message });
      }, WHERE_MAPPING)
      .transform((given): SearchStage => ({
        kind: "search",
        workload: given.workload,
        until: {
          p50Ms: given.until.p50 ?? null,
          p95Ms: given.until.p95 ?? null,
          p99Ms: given.until.p99 ?? null,
        },
        clients: typeof given.clients === "number" ? [given.clients] : given.clients,
        startTps: given.start ?? null,
        precisionShare: given.precision,
        windowMs: given.duration,
        closedWindowMs: Math.min(
          given.duration,
          Math.max(CLOSED_MS_MIN, given.duration * CLOSED_SHARE),
        ),
        confirmMs: given.confirm ?? CONFIRM_TIMES * given.duration,
        warmupMs: given.warmup,
        cooldownMs: given.cooldown,
        between: given.between,
        trialsMax: given.trials,
        budgetMs: given.budget ?? null,
      })),
};
