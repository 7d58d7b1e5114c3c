import { z } from "zod";
import type { Choice } from "../../spec/choice.ts";
import { bytes, duration } from "../../spec/quantities.ts";
import type { StageSchema } from "../../spec/stage-schema.ts";
import { WHERE_MAPPING } from "../../spec/where-mapping.ts";

/** What is recovered from what; the order is that of the report. */
const KINDS = ["crash", "rebuild", "pitr"] as const;

/** How long recovery takes, from several sizes, foretold for the user's own. */
export interface RecoveryStage {
  readonly kind: "recovery";
  readonly of: readonly (typeof KINDS)[number][];
  /** Writes the WAL that is replayed. */
  readonly workload: Choice;
  readonly clients: number;
  /** WAL to replay, in bytes; three or more, ascending. */
  readonly walBytes: readonly number[];
  /** Sizes of the database, in bytes; three or more, ascending. */
  readonly databaseBytes: readonly number[];
  readonly target: "time" | "lsn" | "name";
  readonly repetitions: number;
  /** How long one trial may take to write its WAL. */
  readonly limitMs: number;
  readonly predict: { readonly walBytes: number; readonly databaseBytes: number };
}

const MB = 1024 ** 2;
/** A line needs two points, and a third to tell how far they are from one. */
const POINTS_MIN = 3;
/** Smaller than a few segments, starting and connecting are all there is to see. */
const WAL_BYTES_MIN = 4 * MB;
/** An empty cluster is about that large. */
const DATABASE_BYTES_MIN = 48 * MB;

/** `- recovery: {…}` */
export const recoverySchema: StageSchema<RecoveryStage> = {
  kind: "recovery",
  summary: "Crash recovery, a replica copied anew, point-in-time recovery: timed, and foretold.",
  schema: ({ workload }) => {
    const sizes = (min: number, example: string) =>
      z
        .array(bytes({ min, example }))
        .min(POINTS_MIN, `must have at least ${POINTS_MIN} sizes: a line is drawn through them`)
        .max(20);
    return z
      .strictObject({
        of: z
          .array(z.enum(KINDS))
          .min(1)
          .default(["crash"])
          .describe(
            "`crash`: every process killed, until writes are taken again. `rebuild`: a standby copied anew and caught up; needs `instances: 2`. `pitr`: base backup and archived WAL, to just before an UPDATE without WHERE; needs an `archive`.",
          ),
        workload: workload
          .prefault({ native: {} })
          .describe("Writes the WAL that is replayed: its shape decides how fast that goes."),
        clients: z.int().min(1).max(1000).default(8).describe("Connections that write."),
        wal: sizes(WAL_BYTES_MIN, "64MB")
          .prefault(["64MB", "128MB", "256MB"])
          .describe("WAL to replay after a crash, or from the base backup on: one point each."),
        database: sizes(DATABASE_BYTES_MIN, "256MB")
          .prefault(["128MB", "256MB", "512MB"])
          .describe("Sizes of the database that is copied in a rebuild: one point each."),
        target: z
          .enum(["time", "lsn", "name"])
          .default("time")
          .describe("What a point-in-time recovery is told to stop at."),
        repetitions: z.int().min(1).max(100).default(1).describe("How often each point is run."),
        limit: duration({ minMs: 1000, example: "10min" })
          .prefault("10min")
          .describe("How long one point's WAL may take to be written before the run gives up."),
        predict: z
          .strictObject({
            wal: bytes({ example: "10GB" })
              .prefault("10GB")
              .describe("WAL to replay, as yours may be."),
            database: bytes({ example: "100GB" }).prefault("100GB").describe("Your database."),
          })
          .prefault({})
          .describe("The sizes that recovery is foretold for."),
      })
      .superRefine(checkSizes, WHERE_MAPPING)
      .transform((given): RecoveryStage => ({
        kind: "recovery",
        of: KINDS.filter((kind) => given.of.includes(kind)),
        workload: given.workload,
        clients: given.clients,
        walBytes: given.wal.toSorted((a, b) => a - b),
        databaseBytes: given.database.toSorted((a, b) => a - b),
        target: given.target,
        repetitions: given.repetitions,
        limitMs: given.limit,
        predict: { walBytes: given.predict.wal, databaseBytes: given.predict.database },
      }));
  },
};

/** The same size twice is no second point. */
function checkSizes(
  given: { readonly wal?: unknown; readonly database?: unknown },
  context: z.RefinementCtx,
): void {
  for (const field of ["wal", "database"] as const) {
    const sizes = given[field];
    if (!Array.isArray(sizes) || new Set(sizes).size === sizes.length) continue;
    const message = "must not name a size twice: use `repetitions` for that";
    context.addIssue({ code: "custom", path: [field], message });
  }
}
