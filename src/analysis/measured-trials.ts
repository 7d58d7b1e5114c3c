import type { TrialAnalysis } from "./model.ts";

/**
 * Of the trials of one load those whose figures stand: where a rung was looked at before it was measured over
 * the whole window, only the latter. A look begins right after a checkpoint, and finds less than a long
 * window does.
 */
export function measuredTrials(trials: readonly TrialAnalysis[]): readonly TrialAnalysis[] {
  const whole = trials.filter(isWhole);
  return whole.length > 0 ? whole : trials;
}

/** Over the whole window, after looks at this rung and others. */
export function isWhole({ planned }: TrialAnalysis): boolean {
  return planned.mode === "closed" && planned.role === "confirm";
}
