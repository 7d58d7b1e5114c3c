import type { Steer } from "../engine/trials-to-run.ts";
import { readRecord } from "../record/read-record.ts";
import { decideTrial, type DigestMemory } from "../steering/decide-trial.ts";

/** Decides from what the record holds by now, as a resumed run will. */
export function steerFromRecord(directory: string): Steer {
  const memory: DigestMemory = new Map();
  return async (stage) => {
    const record = await readRecord(directory, (trial) => !memory.has(trial));
    return decideTrial(stage, record, memory);
  };
}
