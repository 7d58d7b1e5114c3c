import { realpathSync } from "node:fs";
import path from "node:path";
import { isSamePlan } from "../plan/is-same-plan.ts";
import { finishedTrials } from "../record/finished-trials.ts";
import type { RunManifest } from "../record/format.ts";
import { DynoError } from "../lib/errors.ts";
import { readHypotheses } from "../record/hypotheses-file.ts";
import { readRecord } from "../record/read-record.ts";
import { RecordWriter } from "../record/record-writer.ts";
import type { Experiment } from "../spec/experiment.ts";
import { concludeTest } from "./conclude-test.ts";
import type { ExitStatus } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { planRecorded, type PlannedExperiment, planStages } from "./plan-experiment.ts";
import { runExperiment } from "./run-experiment.ts";
import { tellEnding } from "./start-run.ts";
import { refuseAtWork } from "./take-over.ts";

export interface ResumeOptions {
  readonly directory: string;
  readonly format: string;
  readonly strict: boolean;
}

/**
 * Carries out the trials of a record that have not ended, on its time axis and into its files.
 *
 * @throws {DynoError} RESUME_NOTHING, RESUME_CHANGED, what `readRecord` and the plan throw
 */
export async function resumeRun(options: ResumeOptions, io: Io): Promise<ExitStatus> {
  const directory = realpathSync.native(await existing(options.directory));
  refuseAtWork(directory);
  const { manifest, events } = await readRecord(directory);
  const isTest = manifest.tests !== undefined;
  const finished = finishedTrials(events);
  const nothingLeft = async (): Promise<ExitStatus> => {
    if (isTest && !(await isConcluded(directory, manifest))) {
      return concludeTest(directory, options, io);
    }
    throw new DynoError("RESUME_NOTHING", { path: options.directory, status: manifest.status });
  };
  const isLeft = manifest.plan.trials.some(({ id }) => !finished.has(id));
  if (!isLeft && !mayBeOpen(manifest)) return nothingLeft();
  const planned = await planAgain(manifest, options.directory, io);
  if (!isLeft && planned.plan.adaptive.length === 0) return nothingLeft();
  io.err(`${manifest.name}: goes on after ${finished.size} trials.`);
  const ending = await runExperiment({
    planned,
    io,
    asJson: options.format === "json",
    finished,
    resumed: { epochMs: manifest.epochMs, atMs: events.at(-1)?.atMs ?? 0 },
    openRecord: () => new RecordWriter(directory, manifest),
  });
  return isTest && ending.status === 0
    ? concludeTest(directory, options, io)
    : tellEnding(ending, options, io);
}

/** The test of a finding is over once its answer is beside the run that made the finding. */
async function isConcluded(directory: string, { id, tests }: RunManifest): Promise<boolean> {
  const results = await readHypotheses(path.resolve(directory, tests!.directory));
  return results.some(({ run }) => run === id);
}

async function existing(directory: string): Promise<string> {
  await readRecord(directory);
  return directory;
}

/** Where trials are decided on the way, that all so far have ended does not mean that none is left. */
function mayBeOpen({ status, plan: { openStages } }: RunManifest): boolean {
  return status !== "finished" && (openStages === undefined || openStages.length > 0);
}

async function planAgain(
  manifest: RunManifest,
  path: string,
  { status: say }: Io,
): Promise<PlannedExperiment> {
  const { name, tests, experiment } = manifest;
  const recorded = await planRecorded(manifest, tests === undefined ? { say } : undefined);
  // The text is that of the run whose finding is tested; the stage that tests it is in no file.
  const planned =
    tests === undefined
      ? recorded
      : await planStages(recorded, name, (experiment as unknown as Experiment).stages, {
          say,
        });
  if (!isSamePlan(manifest.plan, planned.plan)) {
    const facts = {
      path,
      what: "the list of trials",
      before: "another",
      now: "what the experiment says today",
    };
    throw new DynoError("RESUME_CHANGED", facts);
  }
  return planned;
}
