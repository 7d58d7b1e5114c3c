import { formatBytes } from "../../../lib/units.ts";
import type { Random } from "../../../lib/random.ts";
import type { StageQuestion } from "../../../record/format.ts";
import type { RecoveryKind } from "../../../record/planned-trial.ts";
import type { RecoveryStage } from "../schema.ts";
import { shortTitle, slug, type PlannedChoice } from "../../../plan/planned-choice.ts";
import type { PlanTrial } from "../../../plan/plan.ts";
import { toPlainJson } from "../../../plan/to-json.ts";

/**
 * Guesses for the plan's time, of an ordinary disk and a few clients: what a load writes in WAL, and
 * what copying and replaying together do.
 */
const WRITTEN_BYTES_PER_MS = 8000;
const RECOVERED_BYTES_PER_MS = 50_000;
/** Starting, connecting, checkpoints, and looking at what came back. */
const AROUND_MS = 3000;

const TITLES: Readonly<Record<RecoveryKind, string>> = {
  crash: "crash recovery",
  rebuild: "rebuild of a replica",
  pitr: "point-in-time recovery",
};

/** Copying first, while the database is no larger than it was made: writing WAL makes it grow. */
const ORDER: readonly RecoveryKind[] = ["rebuild", "crash", "pitr"];

/** Each size as often as asked, one kind of recovery after the other, the order of sizes drawn from the seed. */
export function listRecoveryTrials(
  stage: RecoveryStage,
  stageIndex: number,
  { choice, plan }: PlannedChoice,
  random: Random,
): PlanTrial[] {
  return ORDER.filter((kind) => stage.of.includes(kind)).flatMap((kind) => {
    const curve = `recovery-${stageIndex + 1}-${kind}`;
    const sizes = kind === "rebuild" ? stage.databaseBytes : stage.walBytes;
    const order = random.fork(`order/${kind}`);
    return Array.from({ length: stage.repetitions }, (_, i) => i + 1).flatMap((repetition) =>
      order.shuffle(sizes).map((bytes): PlanTrial => {
        const point = `${curve}-${slug(formatBytes(bytes))}`;
        const id = `${point}-r${repetition}`;
        return {
          id,
          stage: stageIndex,
          stageKind: stage.kind,
          curve,
          curveTitle: `${TITLES[kind]}, ${shortTitle(plan)}`,
          point,
          repetition,
          workload: choice.id,
          workloadOptions: toPlainJson(plan.settledOptions),
          mode: "closed",
          clients: stage.clients,
          rateTps: null,
          seed: random.fork(`trial/${id}`).integer(1, 2 ** 31 - 1),
          warmupMs: 0,
          windowMs: Math.round(
            bytes / WRITTEN_BYTES_PER_MS + bytes / RECOVERED_BYTES_PER_MS + AROUND_MS,
          ),
          cooldownMs: 0,
          // A rebuild copies whatever is there, and is filled up to its size.
          dataset: kind === "rebuild" ? null : (plan.dataset?.key ?? null),
          between: "keep",
          recovery: {
            kind,
            bytes,
            limitMs: stage.limitMs,
            ...(kind === "pitr" ? { target: stage.target } : {}),
          },
        };
      }),
    );
  });
}

export function recoveryQuestion(
  { predict }: RecoveryStage,
  stage: number,
  { plan }: PlannedChoice,
): StageQuestion {
  return { kind: "recovery", stage, title: plan.title, predict };
}
