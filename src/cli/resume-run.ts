import { realpathSync } from "node:fs";
import type { RunEvent, RunManifest } from "../record/format.ts";
import { DynoError } from "../lib/errors.ts";
import { readRecord } from "../record/read-record.ts";
import { RecordWriter } from "../record/record-writer.ts";
import type { ExitStatus } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { planExperiment, planText, type PlannedExperiment } from "./plan-experiment.ts";
import { runExperiment } from "./run-experiment.ts";
import { tellEnding } from "./start-run.ts";

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
  const { manifest, events } = await readRecord(directory);
  const finished = listFinished(events);
  const left = manifest.plan.trials.filter(({ id }) => !finished.has(id)).length;
  if (left === 0) {
    throw new DynoError("RESUME_NOTHING", { path: options.directory, status: manifest.status });
  }
  const planned = await planAgain(manifest, options.directory);
  io.err(`${manifest.name}: goes on with ${left} of ${manifest.plan.trials.length} trials.`);
  const ending = await runExperiment({
    planned,
    io,
    asJson: options.format === "json",
    finished,
    epochMs: manifest.epochMs,
    openRecord: () => new RecordWriter(directory, manifest),
  });
  return tellEnding(ending, options, io);
}

async function existing(directory: string): Promise<string> {
  await readRecord(directory);
  return directory;
}

function listFinished(events: readonly RunEvent[]): Set<string> {
  return new Set(events.flatMap((event) => (event.kind === "trial-ended" ? [event.trial] : [])));
}

/** The same plan from the experiment as it was recorded, or from its file where the record hides a secret. */
async function planAgain(manifest: RunManifest, path: string): Promise<PlannedExperiment> {
  const { seed } = manifest.plan;
  const planned = manifest.experimentText.includes("***")
    ? await planExperiment(manifest.experimentFile, seed)
    : await planText(
        { text: manifest.experimentText, file: manifest.experimentFile, isBuiltIn: false },
        seed,
      );
  const before = manifest.plan.trials.map(({ id }) => id).join(" ");
  const now = planned.plan.trials.map(({ id }) => id).join(" ");
  if (before !== now) {
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
