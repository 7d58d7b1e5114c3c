import { remarkOn, type Remarks } from "../contracts/remark.ts";
import type { TargetPlan } from "../contracts/target-plan.ts";
import { askTarget, type AskRequest } from "./ask-target.ts";
import { checkLocks, warnOfDisk, warnOfMemory } from "./check-data.ts";
import { checkSessions } from "./check-sessions.ts";
import type { Plan, PlannedDataset } from "./plan.ts";
import type { PlannedChoice } from "./planned-choice.ts";
import type { PlacedStage } from "./placed-stage.ts";

interface CheckScene {
  readonly request: AskRequest & { readonly ownSessions: number };
  readonly stages: readonly PlacedStage[];
  readonly choices: readonly (readonly PlannedChoice[])[];
  readonly targetPlan: TargetPlan;
  readonly datasets: readonly PlannedDataset[];
  readonly disk: Plan["disk"];
}

/** Everything about the experiment that will not work, and what its writer must know, each at its place. */
export async function checkPlan(scene: CheckScene): Promise<Remarks> {
  const { request, stages, choices, targetPlan, datasets, disk } = scene;
  const { ownSessions } = request;
  const asked = await askTarget(request, stages, choices);
  // Clients of another resource are no sessions.
  const onSql = stages.filter(({ index }) =>
    choices[index]!.some(({ kind }) => kind.resource === "sql"),
  );
  const sessions = checkSessions({
    stages: onSql,
    choices,
    asked,
    ownSessions,
    mayChangeSettings: targetPlan.settleParameters !== undefined,
  });
  const locks = checkLocks(choices, asked);
  const ofLoads = choices
    .flat()
    .flatMap(({ plan, place }) =>
      plan.warnings.map((warning) =>
        typeof warning === "string"
          ? remarkOn(place, warning)
          : remarkOn([...place, ...warning.path], warning.message),
      ),
    );
  return {
    faults: [...asked.faults, ...sessions.faults, ...locks.faults],
    warnings: [
      ...asked.warnings,
      ...sessions.warnings,
      ...locks.warnings,
      ...warnOfMemory(onSql, targetPlan),
      ...warnOfDisk(disk, datasets, choices),
      ...ofLoads,
    ],
  };
}
