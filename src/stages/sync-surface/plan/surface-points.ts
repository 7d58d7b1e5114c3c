import type { TargetPlan } from "../../../contracts/target-plan.ts";
import { DynoError } from "../../../lib/errors.ts";
import type { PlannedReplication } from "../../../record/planned-trial.ts";
import type { SyncSurfaceStage } from "../schema.ts";

/** The points of a surface, and what of it is not measured. */
export interface SurfacePoints {
  readonly points: readonly SurfacePoint[];
  readonly leftOut: readonly { readonly what: string; readonly because: string }[];
}

export interface SurfacePoint {
  /** Safe as a file name: `on-any1-5ms`. */
  readonly name: string;
  readonly replication: PlannedReplication;
}

/**
 * Every combination that can be and that differs from the others: none that needs more standbys than
 * there are, and one of those that are the same thing by other words.
 *
 * @throws {DynoError} CLUSTER_MISSING
 */
export function listSurfacePoints(stage: SyncSurfaceStage, target: TargetPlan): SurfacePoints {
  const standbys = target.wal?.standbys ?? 0;
  if (standbys < 1) {
    const facts = { stage: stage.kind, target: "one without standbys" };
    throw new DynoError("CLUSTER_MISSING", facts);
  }
  const leftOut: { what: string; because: string }[] = [];
  const levels = stage.commits.flatMap((commit) => levelsOf(commit, stage, { standbys, leftOut }));
  const points = levels.flatMap(({ commit, method, number }) =>
    stage.distancesMs.map((distanceMs) => {
      const { dataDurability } = stage;
      const replication = { commit, method, number, dataDurability, distanceMs };
      return { name: nameOf(replication), replication };
    }),
  );
  if (points.length === 0) {
    throw new DynoError("USAGE", {
      message: `Nothing of the \`${stage.kind}\` can be measured: ${leftOut.map(({ what, because }) => `${what}: ${because}`).join(" ")}`,
      hint: "Give the target more `instances`, or ask for a smaller `number`.",
    });
  }
  return { points, leftOut };
}

type Level = Pick<PlannedReplication, "commit" | "method" | "number">;

function levelsOf(
  commit: PlannedReplication["commit"],
  { methods, numbers }: SyncSurfaceStage,
  about: { readonly standbys: number; readonly leftOut: { what: string; because: string }[] },
): Level[] {
  const { standbys, leftOut } = about;
  if (commit === "off" || commit === "local") {
    if (methods.length * numbers.length > 1) {
      const because = "It waits for no standby: measured once for all of `method` and `number`.";
      leftOut.push({ what: `${commit} with each method and number`, because });
    }
    return [{ commit, method: null, number: null }];
  }
  return numbers.flatMap((number): Level[] => {
    if (number > standbys) {
      const there = standbys === 1 ? "there is 1" : `there are ${standbys}`;
      leftOut.push({
        what: `${commit} with ${number} standbys`,
        because: `Of standbys ${there}: no commit would ever be confirmed.`,
      });
      return [];
    }
    if (number === standbys && methods.length > 1) {
      leftOut.push({
        what: `${commit}, first ${number}`,
        because: `With ${number} of ${number} standbys it is the same as any ${number}, which is measured.`,
      });
      return [{ commit, method: "any", number }];
    }
    return methods.map((method) => ({ commit, method, number }));
  });
}

function nameOf({ commit, method, number, distanceMs }: PlannedReplication): string {
  const whom = method === null ? [] : [`${method}${number}`];
  return [commit.replace("_", "-"), ...whom, `${distanceMs}ms`].join("-");
}
