import type { Steer } from "../engine/trials-to-run.ts";
import { followRecord } from "../record/read-record.ts";
import { decideTrial, type DigestMemory } from "../steering/decide-trial.ts";

/** Decides from what the record holds by now, as a resumed run will. */
export function steerFromRecord(directory: string): Steer {
  const memory: DigestMemory = new Map();
  const follower = followRecord(directory, (trial) => !memory.has(trial));
  return async (stage) => decideTrial(stage, await follower.read(), memory);
}
