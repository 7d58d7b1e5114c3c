import type { LoadContext } from "../contracts/workload.ts";
import { tellScriptError } from "../lib/script-error-text.ts";
import type { PlannedTrial } from "../record/planned-trial.ts";
import type { TrialScene } from "./trial-scene.ts";

/** The load of a trial as its workload is told of it, and where what it sees goes. */
export function loadRequest(
  trial: PlannedTrial,
  { context, target, writer, progress }: TrialScene,
): Omit<LoadContext<unknown>, "durationMs" | "signal" | "onStart"> {
  return {
    ...context,
    target,
    options: trial.workloadOptions,
    mode: trial.mode,
    clients: trial.clients,
    rateTps: trial.rateTps,
    seed: trial.seed,
    rawFile: (name) => writer.rawFile(trial.id, name),
    ledgerFile: (name) => writer.ledgerFile(trial.id, name),
    onInterval: (interval) => {
      writer.load(trial.id, interval);
      progress.interval(trial, interval);
    },
    onError: (error) => {
      writer.event({ kind: "load-error", atMs: context.clock.now(), trial: trial.id, error });
      progress.error(tellScriptError(error));
    },
  };
}
