import type { RunManifest } from "../record/format.ts";
import type { NextExperiment } from "../record/hypothesis.ts";
import type { Placed } from "./ask-rule.ts";

/**
 * An experiment as it can be made on the target of that record. A load that somebody else brought cannot
 * be repeated, and settings are changed on one server of pgdyno's own only: there the change is left to
 * the server's owner, and named in words alone.
 */
export function experimentThere(
  experiment: NextExperiment,
  { isLoadOurs }: Pick<Placed, "isLoadOurs">,
  { experiment: asked }: Pick<RunManifest, "experiment">,
): NextExperiment {
  const { change, predicts, parameters } = experiment;
  const mayChange = parameters === undefined || isOneServerOfOurs(asked);
  return isLoadOurs && mayChange ? experiment : { change, predicts };
}

function isOneServerOfOurs(asked: RunManifest["experiment"]): boolean {
  const { target } = (asked ?? {}) as { target?: { id: string; options?: { instances?: number } } };
  return target?.id === "local" && (target.options?.instances ?? 1) === 1;
}
