import { z } from "zod";
import type { Choice } from "../../spec/choice.ts";
import { duration, rate, share } from "../../spec/quantities.ts";
import type { StageSchema } from "../../spec/stage-schema.ts";
import { WHERE_MAPPING } from "../../spec/where-mapping.ts";

/** The same load at growing levels: of clients (closed loop), or of offered rate (open loop). */
export interface LadderStage {
  readonly kind: "ladder";
  /** Each gives a curve of its own. */
  readonly workloads: readonly Choice[];
  /** True where they stand in a list under `workloads`, false for one under `workload`. */
  readonly areListed?: boolean;
  /** Connections, in the order of the file. One number in an open loop. */
  readonly clients: readonly number[];
  /** Offered transactions per second; `null` in a closed loop. */
  readonly ratesTps: readonly number[] | null;
  readonly windowMs: number;
  readonly warmupMs: number;
  readonly cooldownMs: number;
  readonly repetitions: number;
  /** `restore`: the loaded state is put back before each trial. `keep`: the data grows on, and the growth is recorded. */
  readonly between: "restore" | "keep";
  /** Trials are shuffled in blocks of one repetition of every point. */
  readonly order: "shuffled";
  /** Repetitions go where they are needed: beaten rungs get none. Closed loop only. */
  readonly adaptive: boolean;
  /**
   * Blocks go on until the interval of every point (adaptive: of the best one) is this narrow, half-width
   * over mean; `repetitions` is then the least. `null` measures as many as were asked for.
   */
  readonly precisionShare: number | null;
  /** Load of all its trials at most; `null` without limit. */
  readonly budgetMs: number | null;
}

/** Enough to see where a machine of today bends, and few enough to wait for. */
const DEFAULT_CLIENTS = [1, 2, 4, 8, 16, 32];
/** What a throughput is to be known to. */
const ADAPTIVE_PRECISION_SHARE = 0.02;
const clientCount = z.int().min(1).max(10_000);

/** `- ladder: {…}`: fields with their defaults, and what no field can tell alone. */
export const ladderSchema: StageSchema<LadderStage> = {
  kind: "ladder",
  summary: "The same load at growing numbers of clients, or at growing offered rates.",
  schema: ({ workload }) =>
    z
      .strictObject({
        workload: workload.optional().describe("What loads the target."),
        workloads: z
          .array(workload)
          .min(1)
          .max(20)
          .optional()
          .describe("Several workloads, each with a curve of its own."),
        clients: z
          .union([clientCount, z.array(clientCount).min(1).max(100)])
          .optional()
          .describe(
            "Connections: a list for a closed loop (default 1, 2, 4, 8, 16, 32); with `rates` one number (default 32).",
          ),
        rates: z
          .array(rate())
          .min(1)
          .max(100)
          .optional()
          .describe("Offered transactions per second: an open loop."),
        duration: duration({ minMs: 1000 })
          .prefault("60s")
          .describe("Length of the measured window of a trial."),
        warmup: duration({ example: "10s" })
          .prefault("10s")
          .describe("Load before the window, not measured."),
        cooldown: duration({ example: "1s" })
          .prefault("1s")
          .describe("Load after the window, so that its end is like its middle."),
        repetitions: z
          .int()
          .min(1)
          .max(100)
          .default(5)
          .describe("How often each point is measured; three or more give an interval."),
        between: z
          .enum(["restore", "keep"])
          .default("restore")
          .describe(
            "`restore` puts the loaded state back before a trial that writes; `keep` lets the data grow and records it.",
          ),
        order: z
          .enum(["shuffled"])
          .default("shuffled")
          .describe("Shuffled in blocks of one repetition of every point, from the seed."),
        adaptive: z
          .boolean()
          .default(false)
          .describe(
            "Looks for the knee and the peak by trials of a quarter of `duration`, repeats only rungs that may be either, and measures the best one over the whole of it.",
          ),
        precision: share()
          .optional()
          .describe(
            "Repeats until each interval is this narrow, such as `2%` (adaptive: the best rung's; default 2%).",
          ),
        budget: duration({ minMs: 1000, example: "10min" })
          .optional()
          .describe("At most so much load; for `precision` and `adaptive`."),
      })
      .superRefine(checkTogether, WHERE_MAPPING)
      .transform((given): LadderStage => {
        const clients = given.clients ?? (given.rates === undefined ? DEFAULT_CLIENTS : 32);
        return {
          kind: "ladder",
          workloads: given.workloads ?? (given.workload === undefined ? [] : [given.workload]),
          areListed: given.workloads !== undefined,
          clients: typeof clients === "number" ? [clients] : clients,
          ratesTps: given.rates ?? null,
          windowMs: given.duration,
          warmupMs: given.warmup,
          cooldownMs: given.cooldown,
          repetitions: given.repetitions,
          between: given.between,
          order: given.order,
          adaptive: given.adaptive,
          precisionShare: given.precision ?? (given.adaptive ? ADAPTIVE_PRECISION_SHARE : null),
          budgetMs: given.budget ?? null,
        };
      }),
};

/** What no field can tell alone. */
function checkTogether(
  given: {
    readonly workload?: unknown;
    readonly workloads?: unknown;
    readonly clients?: number | readonly number[] | undefined;
    readonly rates?: readonly number[] | undefined;
    readonly adaptive?: boolean | undefined;
    readonly precision?: number | undefined;
    readonly budget?: number | undefined;
  },
  context: z.RefinementCtx,
): void {
  const wrong = new Set(context.issues.map(({ path }) => path?.[0]));
  const say = (path: (string | number)[], message: string) =>
    context.addIssue({ code: "custom", path, message });
  const named = (["workload", "workloads"] as const).filter(
    (key) => given[key] !== undefined || wrong.has(key),
  );
  if (named.length === 0) {
    say([], "must name what loads the target: `workload`, or a list of `workloads`");
  }
  if (named.length === 2) {
    say(["workloads"], "must not stand beside `workload`: name either");
  }
  if ((given.rates !== undefined || wrong.has("rates")) && Array.isArray(given.clients)) {
    say(["clients"], "must be one number (the connections) where `rates` is given");
  }
  if (given.adaptive === true && (given.rates !== undefined || wrong.has("rates"))) {
    say(["adaptive"], "must not stand beside `rates`: use a `search` stage for an open loop");
  }
  if (given.budget !== undefined && given.precision === undefined && given.adaptive !== true) {
    say(["budget"], "must stand beside `precision` or `adaptive`, which it limits");
  }
  for (const key of ["clients", "rates"] as const) {
    const values = given[key];
    if (!Array.isArray(values) || wrong.has(key)) continue;
    const again = values.findIndex((value, i) => values.indexOf(value) !== i);
    if (again !== -1) {
      say([key, again], "must not be in the list twice: ask for `repetitions`");
    }
  }
}
