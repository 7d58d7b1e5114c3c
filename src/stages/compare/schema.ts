import { z } from "zod";
import type { Choice } from "../../spec/choice.ts";
import { emptyAsDefaults } from "../../spec/choice.ts";
import { duration, rate } from "../../spec/quantities.ts";
import type { StageSchema } from "../../spec/stage-schema.ts";
import { WHERE_MAPPING } from "../../spec/where-mapping.ts";

/** One of the things that are compared. */
export interface StageVariant {
  readonly name: string;
  /** Settings beyond those of the target, as PostgreSQL reads them. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Major version of the PostgreSQL that it runs on; `null` takes the target's. */
  readonly version: number | null;
  /** `null` takes that of the stage. */
  readonly workload: Choice | null;
}

/** Variants under the same load, interleaved and in pairs with the first one. */
export interface CompareStage {
  readonly kind: "compare";
  readonly workload: Choice;
  /** Two or more; the first is what the others are held against. */
  readonly variants: readonly StageVariant[];
  /** True where they stand by name under `variants`, false for `a` and `b`. */
  readonly areNamed?: boolean;
  readonly clients: number;
  /** `null`: closed loop. */
  readonly rateTps: number | null;
  readonly pairs: number;
  /** Pairs of the first variant with itself, before the others. */
  readonly controlPairs: number;
  readonly windowMs: number;
  readonly warmupMs: number;
  readonly cooldownMs: number;
  readonly between: "restore" | "keep";
}

const NAME = /^[a-z0-9][a-z0-9_-]{0,30}$/;

/** `- compare: {…}` */
export const compareSchema: StageSchema<CompareStage> = {
  kind: "compare",
  summary:
    "Settings, versions or scripts against one another: interleaved, in pairs, with a control first.",
  schema: ({ workload }) => {
    const variant = emptyAsDefaults(
      z.strictObject({
        parameters: z
          .record(
            z.string().regex(/^[a-z_][a-z0-9_.]*$/i, "must be the name of a setting"),
            z.union([z.string(), z.number(), z.boolean()]),
          )
          .default({})
          .describe("Settings beyond those of the target, such as `{ max_wal_size: 4GB }`."),
        version: z
          .int()
          .min(14)
          .max(18)
          .optional()
          .describe("Another major version of PostgreSQL, with data of its own; target `local`."),
        workload: workload.optional().describe("Another load than the stage's."),
      }),
    );
    return z
      .strictObject({
        workload: workload.describe("What loads the target."),
        a: variant.optional().describe("What `b` is held against."),
        b: variant.optional().describe("The change."),
        variants: z
          .record(
            z.string().regex(NAME, "must be a short name of small letters and digits"),
            variant,
          )
          .optional()
          .describe("More than two, by name, in place of `a` and `b`; the first is the baseline."),
        clients: z.int().min(1).max(10_000).default(8).describe("Connections."),
        rate: rate().optional().describe("Offered transactions per second: an open loop."),
        pairs: z.int().min(2).max(200).default(10).describe("How often each variant runs."),
        control: z
          .int()
          .min(0)
          .max(200)
          .default(5)
          .describe("Pairs of the first variant with itself before that; 0 leaves them out."),
        duration: duration({ minMs: 1000 }).prefault("30s").describe("Window of a trial."),
        warmup: duration({ example: "5s" }).prefault("5s").describe("Load before each window."),
        cooldown: duration({ example: "1s" }).prefault("1s").describe("Load after each window."),
        between: z
          .enum(["restore", "keep"])
          .default("restore")
          .describe("`restore` puts the loaded state back before each trial that writes."),
      })
      .superRefine(checkVariants, WHERE_MAPPING)
      .transform((given): CompareStage => ({
        kind: "compare",
        workload: given.workload,
        variants: Object.entries(given.variants ?? { a: given.a, b: given.b }).map(
          ([name, one]) => ({
            name,
            parameters: Object.fromEntries(
              Object.entries(one?.parameters ?? {}).map(([key, value]) => [
                key.toLowerCase(),
                typeof value === "boolean" ? (value ? "on" : "off") : String(value),
              ]),
            ),
            version: one?.version ?? null,
            workload: one?.workload ?? null,
          }),
        ),
        areNamed: given.variants !== undefined,
        clients: given.clients,
        rateTps: given.rate ?? null,
        pairs: given.pairs,
        controlPairs: given.control,
        windowMs: given.duration,
        warmupMs: given.warmup,
        cooldownMs: given.cooldown,
        between: given.between,
      }));
  },
};

/** What no field can tell alone. */
function checkVariants(
  given: { readonly a?: unknown; readonly b?: unknown; readonly variants?: unknown },
  context: z.RefinementCtx,
): void {
  const wrong = new Set(context.issues.map(({ path }) => path?.[0]));
  const say = (path: string[], message: string) =>
    context.addIssue({ code: "custom", path, message });
  const has = (key: "a" | "b" | "variants") => given[key] !== undefined || wrong.has(key);
  if (has("variants")) {
    if (has("a") || has("b")) say(["variants"], "must not stand beside `a` and `b`: name either");
    const names = Object.keys((given.variants as object | undefined) ?? {});
    if (!wrong.has("variants") && names.length < 2) {
      say(["variants"], "must name at least two variants");
    }
    return;
  }
  if (!has("b")) say([], "must name what is compared: `a` and `b`, or `variants`");
}
