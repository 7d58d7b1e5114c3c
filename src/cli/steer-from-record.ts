import type { Steer } from "../engine/trials-to-run.ts";
import { followRecord } from "../record/read-record.ts";
import { decideTrial, type DigestMemory } from "../steering/decide-trial.ts";
import type { SteeredStage } from "../steering/stage-steerer.ts";

/** Decides from what the record holds by now, as a resumed run will. */
export function steerFromRecord(directory: string, stages: readonly SteeredStage[]): Steer {
  const memory: DigestMemory = new Map();
  const follower = followRecord(directory, (trial) => !memory.has(trial));
  return async (kind, plan) => {
    const steerer = stages.find((stage) => stage.kind === kind)?.steer;
    if (steerer === undefined) throw new Error(`The stage \`${kind}\` decides nothing on the way.`);
    return decideTrial(plan, steerer, await follower.read(), memory);
  };
}
