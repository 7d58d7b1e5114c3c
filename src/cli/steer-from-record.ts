import type { Steer } from "../engine/trials-to-run.ts";
import { readRecord } from "../record/read-record.ts";
import { decideTrial } from "../steering/decide-trial.ts";

/** Decides from what the record holds by now, as a resumed run will. */
export function steerFromRecord(directory: string): Steer {
  return async (stage) => decideTrial(stage, await readRecord(directory));
}
