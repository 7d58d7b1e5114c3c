import { formatDurationMs } from "../lib/units.ts";
import { makeRunDirectory, pointLatestAt, RecordWriter } from "../record/record-writer.ts";
import { manifestOf } from "../engine/manifest-of.ts";
import { tellTrials } from "../plan/render-plan.ts";
import { toJson } from "../plan/to-json.ts";
import type { ExitStatus } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { type Given, planExperiment, type PlannedExperiment } from "./plan-experiment.ts";
import { runExperiment, type RunEnding } from "./run-experiment.ts";
import { tellReport } from "./tell-report.ts";
import { PGDYNO_VERSION } from "./version.ts";

export interface RunOptions extends Given {
  readonly experiment: string;
  readonly runs: string;
  readonly format: string;
  readonly strict: boolean;
}

/** Plans, measures and judges an experiment; gives the exit status. */
export async function startRun(options: RunOptions, io: Io): Promise<ExitStatus> {
  const planned = await planExperiment(options.experiment, options, { say: io.status });
  tellPlan(planned, io);
  const ending = await runExperiment({
    planned,
    io,
    asJson: options.format === "json",
    finished: new Set(),
    resumed: null,
    openRecord: (epochMs) => openNewRecord(options.runs, planned, epochMs),
  });
  return tellEnding(ending, options, io);
}

/** The report of what was measured, and the status of the run or of its verdict. */
export async function tellEnding(
  ending: RunEnding,
  { format, strict }: { readonly format: string; readonly strict: boolean },
  io: Io,
): Promise<ExitStatus> {
  if (!ending.mayRead) return ending.status;
  const status = await tellReport({ directory: ending.directory, format, strict, keeps: true }, io);
  return ending.status === 0 ? status : ending.status;
}

function tellPlan({ plan }: PlannedExperiment, io: Io): void {
  io.err(
    `${plan.name}, on ${plan.target.summary.replace(/\.$/, "")}: ${tellTrials(plan)} ${formatDurationMs(plan.estimatedMs)}.`,
  );
  for (const warning of plan.warnings) io.err(`Note: ${warning}`);
}

/** Makes the folder of a new run, with what is known before anything is brought up. */
export function openNewRecord(
  runs: string,
  planned: PlannedExperiment,
  epochMs: number,
): RecordWriter {
  const { plan, source, experiment, struckText } = planned;
  const directory = makeRunDirectory(runs, plan.name, epochMs);
  const writer = new RecordWriter(
    directory,
    manifestOf({
      plan,
      directory,
      experiment: toJson(experiment),
      text: struckText,
      file: source.isBuiltIn ? plan.name : source.file,
      epochMs,
      version: PGDYNO_VERSION,
    }),
  );
  writer.update({});
  pointLatestAt(directory);
  return writer;
}
