import type { TrialScene } from "./trial-scene.ts";
import type { Workload } from "../contracts/workload.ts";
import { messageOf } from "../lib/errors.ts";
import type { PlannedTrial } from "../record/planned-trial.ts";
import { loadRequest } from "./load-request.ts";
import { watchSuccess } from "./watch-success.ts";

/**
 * One measured repetition: load for warm-up, window and cool-down, its outcome into the record.
 *
 * @throws what the workload threw, after it is written down; the signal's reason.
 */
export async function runTrial(
  trial: PlannedTrial,
  workload: Workload,
  scene: TrialScene,
): Promise<void> {
  const { target, writer, signal } = scene;
  const { clock } = scene.context;
  const success = watchSuccess(trial);
  const request = loadRequest(trial, scene);
  const ends = [signal, success.hopeless, ...(scene.enough === undefined ? [] : [scene.enough])];
  const databaseBytesBefore = await readDatabaseBytes(workload, scene);
  let startedMs = clock.now();
  writer.event({
    kind: "trial-started",
    atMs: startedMs,
    trial: trial.id,
    ...(trial.rateShare === undefined || trial.rateTps === null ? {} : { rateTps: trial.rateTps }),
  });
  try {
    await workload.setUp?.({ ...request, target, signal });
    const outcome = await workload.run({
      ...request,
      durationMs: trial.warmupMs + trial.windowMs + trial.cooldownMs,
      signal: AbortSignal.any(ends),
      onInterval: (interval) => {
        request.onInterval(interval);
        success.observe(interval);
      },
      onStart: () => {
        startedMs = clock.now();
        scene.onLoad?.();
      },
    });
    signal.throwIfAborted();
    const loadEndMs = clock.now();
    await scene.afterLoad?.();
    const isCut = scene.enough?.aborted === true || success.hopeless.aborted;
    const startMs = success.hopeless.aborted ? startedMs : startedMs + trial.warmupMs;
    const endMs = startMs + trial.windowMs;
    writer.event({
      kind: "window",
      atMs: clock.now(),
      trial: trial.id,
      startMs,
      endMs: isCut ? Math.min(endMs, loadEndMs) : endMs,
    });
    const databaseBytesAfter = await readDatabaseBytes(workload, scene);
    writer.event({
      kind: "trial-ended",
      atMs: clock.now(),
      trial: trial.id,
      outcome: { ...outcome, databaseBytesBefore, databaseBytesAfter },
    });
    if (scene.enough?.aborted !== true) {
      success.judge(outcome, { startMs, loadMs: loadEndMs - startedMs });
    }
    await verifyTrial(trial, workload, scene);
  } catch (error) {
    const because = messageOf(signal.aborted ? signal.reason : error);
    writer.event({ kind: "trial-failed", atMs: clock.now(), trial: trial.id, because });
    throw error;
  } finally {
    writer.sync();
  }
}

/** A look back that fails leaves the question open, and the trial as it was measured. */
async function verifyTrial(
  trial: PlannedTrial,
  workload: Workload,
  { context, target, writer, signal }: TrialScene,
): Promise<void> {
  try {
    await workload.verify?.({
      ...context,
      target,
      options: trial.workloadOptions,
      signal,
      ledgerFile: (name) => writer.ledgerFile(trial.id, name),
    });
  } catch (error) {
    const text = `What the load of ${trial.id} left could not be read back: ${messageOf(error)}`;
    writer.event({ kind: "error", atMs: context.clock.now(), text });
  }
}

/** `null` where it could not be read: the growth is then unknown, the trial none the worse. */
async function readDatabaseBytes(
  { resource }: Workload,
  { control }: TrialScene,
): Promise<number | null> {
  if (control === null || resource !== "sql") return null;
  try {
    const [row] = await control.query("select pg_database_size(current_database()) as bytes");
    return Number(row?.["bytes"] ?? Number.NaN) || null;
  } catch {
    return null; // The connection went with the server; the trial itself tells of that.
  }
}
