import path from "node:path";
import type { PartContext } from "../contracts/context.ts";
import { executePlan } from "../engine/execute-plan.ts";
import { localHost } from "../hosts/local-host.ts";
import { openJournal, readJournal, type JournalFile } from "../engine/journal.ts";
import { journaledProcesses } from "../engine/journaled-processes.ts";
import { describeUndo } from "../engine/collect-garbage.ts";
import { startReaper, type Reaper } from "../engine/reaper.ts";
import { systemClock } from "../engine/system-clock.ts";
import { virtualClock } from "../engine/virtual-clock.ts";
import { DynoError, messageOf } from "../lib/errors.ts";
import { nodeProcesses } from "../lib/node-processes.ts";
import { randomFrom } from "../lib/random.ts";
import { formatBytes } from "../lib/units.ts";
import type { RecordWriter } from "../record/record-writer.ts";
import { CATALOG } from "./catalog.ts";
import type { ExitStatus } from "./exit-codes.ts";
import { listenForInterrupts } from "./interrupts.ts";
import type { Io } from "./io.ts";
import { openMonitor } from "./open-monitor.ts";
import { openWorkers } from "./open-workers.ts";
import type { PlannedExperiment } from "./plan-experiment.ts";
import { steerFromRecord } from "./steer-from-record.ts";
import { makeScratch, programCommand } from "./scratch.ts";
import { handleLeft } from "./take-over.ts";
import { showProgress } from "./show-progress.ts";
import { tellError } from "./tell-error.ts";

export interface RunRequest {
  readonly planned: PlannedExperiment;
  readonly io: Io;
  readonly asJson: boolean;
  /** Trials that an earlier part of this run finished; empty for a new run. */
  readonly finished: ReadonlySet<string>;
  /** Opens the record once everything before it went well. */
  openRecord(epochMs: number): RecordWriter;
  /** Where a resumed run goes on: its zero in UTC milliseconds, and its last instant; `null` for a new one. */
  readonly resumed: { readonly epochMs: number; readonly atMs: number } | null;
}

/** How carrying a plan out ended; the record lies in `directory` whatever happened. */
export interface RunEnding {
  readonly directory: string;
  readonly status: ExitStatus;
  /** False after a second Ctrl-C: nothing more is read or written. */
  readonly mayRead: boolean;
}

/** Makes the record of a planned experiment: everything between the plan and the report. */
export async function runExperiment(request: RunRequest): Promise<RunEnding> {
  const { planned, io, resumed } = request;
  refuseTooSmallDisk(planned);
  const { experiment } = planned;
  const target = CATALOG.targets.find(({ id }) => id === experiment.target.id)!;
  const clock =
    target.simulated === true ? virtualClock(resumed?.atMs) : systemClock(resumed?.epochMs);
  const writer = request.openRecord(clock.epochMs);
  const { directory } = writer;
  const journal = openJournal(path.resolve(directory));
  const reaper = startReaper(journal.path, programCommand());
  if (reaper.process !== null) journal.nameReaper(reaper.process);
  journal.handSecretsTo((number, secret) => reaper.keep(number, secret));
  const interrupts = listenForInterrupts({
    onFirst: () => io.err("\nStops the load and comes down. Ctrl-C again stops coming down."),
    onSecond: () => tellLeft(journal, io),
  });
  const work = async (): Promise<ExitStatus> => {
    const progress = showProgress(io, () => performance.now());
    const scratch = await makeScratch(journal);
    const context: PartContext = {
      clock,
      random: randomFrom(experiment.seed).fork("run"),
      processes: journaledProcesses(nodeProcesses(), journal),
      scratchDirectory: scratch.directory,
      journal,
      say: (text) => progress.say(text),
    };
    try {
      // A new run has left nothing.
      const left =
        resumed === null
          ? null
          : await handleLeft(directory, { target, options: experiment.target.options, context });
      for (const text of left?.told ?? []) io.err(`Note: ${text}`);
      const carriers = await openWorkers({
        experiment,
        workloads: CATALOG.workloads,
        isSimulated: target.simulated === true,
        context,
        environment: io.environment,
        signal: interrupts.signal,
        note: (text) => io.err(text),
      });
      try {
        await executePlan({
          ...(left?.takenOver == null ? {} : { takenOver: left.takenOver }),
          keepState(state) {
            journal.keepState(state);
            left?.forget();
          },
          plan: planned.plan,
          targetOptions: experiment.target.options,
          target,
          workloads: carriers.workloads,
          probes: CATALOG.probes,
          faults: CATALOG.faults,
          stages: CATALOG.stages,
          writer,
          context,
          progress,
          signal: interrupts.signal,
          connect: openMonitor,
          host: localHost(),
          finished: request.finished,
          steer: steerFromRecord(directory, CATALOG.stages),
        });
      } finally {
        await carriers.close();
      }
      return 0;
    } catch (error) {
      io.status(null);
      if (writer.manifest.status === "planned") tellNotBegun(writer, error, interrupts.signal);
      return tellEnding(error, interrupts.signal, request);
    } finally {
      io.status(null);
      writer.close();
      await scratch.remove();
    }
  };
  const stopped = interrupts.twice.then((): "twice" => "twice");
  const ended = await Promise.race([work(), stopped]);
  interrupts.release();
  finish(journal, reaper);
  return ended === "twice"
    ? { directory, status: 130, mayRead: false }
    : { directory, status: ended, mayRead: true };
}

/** @throws {DynoError} DISK_TOO_SMALL */
function refuseTooSmallDisk({ plan }: PlannedExperiment): void {
  const { neededBytes, freeBytes, path: volume } = plan.disk;
  if (neededBytes === null || freeBytes === null || freeBytes >= neededBytes) return;
  throw new DynoError("DISK_TOO_SMALL", {
    path: volume ?? "the data volume",
    free: formatBytes(freeBytes),
    wanted: formatBytes(neededBytes),
  });
}

/** Its workers did not come, so that nothing was set up. */
function tellNotBegun(writer: RecordWriter, error: unknown, signal: AbortSignal): void {
  const reason: unknown = signal.aborted ? signal.reason : error;
  const status = signal.aborted ? "aborted" : "failed";
  writer.update({ status, statusBecause: messageOf(reason) });
}

function tellLeft(journal: JournalFile, io: Io): void {
  const left = readJournal(journal.path).entries;
  if (left.length === 0) return;
  io.err("Left as it is; `pgdyno gc` removes it:");
  for (const { entry } of left) io.err(`  ${describeUndo(entry, CATALOG.undoers)}`);
}

function finish(journal: JournalFile, reaper: Reaper): void {
  journal.close();
  reaper.dismiss();
}

/** Ctrl-C is no error to tell; what could not be taken down after it is. */
function tellEnding(error: unknown, signal: AbortSignal, { io, asJson }: RunRequest): ExitStatus {
  if (!signal.aborted) return tellError(error, { io, asJson });
  const parts: unknown[] = error instanceof AggregateError ? error.errors : [error];
  const left = parts.find((part) => part instanceof DynoError && part.code === "DOWN_FAILED");
  return left === undefined ? 130 : tellError(left, { io, asJson });
}
