import path from "node:path";
import type { Plan } from "../plan/plan.ts";
import { RECORD_FORMAT_VERSION, type RunManifest } from "../record/format.ts";
import type { Json } from "../record/json.ts";

export interface ManifestFacts {
  readonly plan: Plan;
  readonly directory: string;
  readonly experiment: Json;
  /** The experiment as it was written, secrets struck out, and where. */
  readonly text: string;
  readonly file: string;
  readonly epochMs: number;
  readonly version: string;
}

/** What `run.json` says before anything is brought up. */
export function manifestOf(facts: ManifestFacts): RunManifest {
  const { plan, directory, experiment, text, file, epochMs, version } = facts;
  const { seed, trials, adaptive, objectives, quick, estimatedMs, questions } = plan;
  return {
    formatVersion: RECORD_FORMAT_VERSION,
    id: path.basename(directory),
    name: plan.name,
    status: "planned",
    statusBecause: null,
    pgdynoVersion: version,
    epochMs,
    experimentText: text,
    experimentFile: file,
    experiment,
    plan: {
      seed,
      trials,
      objectives,
      quick,
      estimatedMs,
      openStages: adaptive.map(({ stage }) => stage),
      ...(questions === undefined ? {} : { questions }),
    },
    machine: null,
    server: null,
    tools: [],
  };
}
