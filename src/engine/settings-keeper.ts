import type { TargetHandle } from "../contracts/target.ts";
import { DynoError } from "../lib/errors.ts";
import type { PlanTrial } from "../plan/plan.ts";
import type { Control } from "./execute-plan.ts";
import type { Sampler } from "./sampler.ts";

export interface SettingsKeeper {
  /** Has the settings that this trial asks for in force, and none that another asked for. */
  ready(trial: PlanTrial): Promise<void>;
}

interface SettingsScene {
  readonly handle: TargetHandle;
  readonly sampler: Sampler;
  readonly control: Control;
  readonly signal: AbortSignal;
}

/** Changes settings between trials, only where the next one asks for others than are in force. */
export function settingsKeeper({
  handle,
  sampler,
  control,
  signal,
}: SettingsScene): SettingsKeeper {
  let inForce = "{}";
  return {
    async ready({ parameters = {}, stageKind }) {
      const wanted = JSON.stringify(parameters);
      if (wanted === inForce) return;
      if (handle.applyParameters === undefined) {
        throw new DynoError("SETTINGS_NOT_POSSIBLE", { stage: stageKind });
      }
      // The server may have to restart: nobody must be connected then.
      await sampler.pause();
      await control.close();
      try {
        await handle.applyParameters(parameters, signal);
        inForce = wanted;
      } finally {
        await control.reopen();
        sampler.resume();
      }
    },
  };
}
