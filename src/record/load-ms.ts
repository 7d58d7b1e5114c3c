import type { PlannedTrial } from "./planned-trial.ts";

/** What the load of a trial takes: warm-up, window and cool-down together. */
export function loadMs({
  warmupMs,
  windowMs,
  cooldownMs,
}: Pick<PlannedTrial, "warmupMs" | "windowMs" | "cooldownMs">): number {
  return warmupMs + windowMs + cooldownMs;
}
