import type { PlanTrial } from "../../plan/plan.ts";
import { NO_LOAD } from "../../engine/no-load.ts";
import type { TrialScene } from "../../engine/trial-scene.ts";
import type { StageRunner } from "../../engine/stage-runner.ts";
import { formatDurationMs } from "../../lib/units.ts";

const TELL_EVERY_MS = 1000;

export const observeRunner: StageRunner = { run: watchTarget };

/**
 * Leaves the target to whatever else loads it while the probes read. Ended early, what was sampled
 * until then is a window all the same.
 *
 * @throws the signal's reason
 */
async function watchTarget(
  trial: PlanTrial,
  { context, writer, progress, signal }: TrialScene,
): Promise<void> {
  const { clock } = context;
  const startMs = clock.now();
  writer.event({ kind: "trial-started", atMs: startMs, trial: trial.id });
  const endMs = startMs + trial.windowMs;
  for (let left = trial.windowMs; left > 0 && !signal.aborted; left = endMs - clock.now()) {
    progress.say(`watches · ${formatDurationMs(Math.ceil(left / 1000) * 1000)} left`);
    await clock.sleep(Math.min(left, TELL_EVERY_MS), signal).catch(() => undefined); // Stopped.
  }
  const atMs = clock.now();
  writer.event({ kind: "window", atMs, trial: trial.id, startMs, endMs: Math.min(endMs, atMs) });
  if (signal.aborted) {
    writer.event({ kind: "trial-failed", atMs, trial: trial.id, because: "It was stopped early." });
    signal.throwIfAborted();
  }
  writer.event({
    kind: "trial-ended",
    atMs,
    trial: trial.id,
    outcome: { ...NO_LOAD, databaseBytesBefore: null, databaseBytesAfter: null },
  });
  writer.sync();
}
