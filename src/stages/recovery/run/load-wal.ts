import { DynoError } from "../../../lib/errors.ts";
import { withConnection, type Connection } from "../../../lib/pg-connection.ts";
import { formatBytes, formatDurationMs } from "../../../lib/units.ts";
import type { PlannedRecovery, PlannedTrial } from "../../../record/planned-trial.ts";
import type { Workload, WorkloadOutcome } from "../../../contracts/workload.ts";
import type { Endpoint } from "../../../lib/endpoint.ts";
import { loadRequest } from "../../../engine/load-request.ts";
import { watchSuccess } from "../../../engine/watch-success.ts";
import type { TrialScene } from "../../../engine/trial-scene.ts";

/** Often enough to overshoot by little: at 20 MB/s by 1 MB. */
const LOOK_MS = 50;
const TELL_MS = 1000;
const ANSWER_MS = 30_000;

export interface WalWish {
  readonly endpoint: Endpoint;
  /** WAL is counted from here. */
  readonly fromLsnBytes: number;
  readonly bytes: number;
}

/**
 * Puts load on until so much WAL was written, then ends it.
 *
 * @throws {DynoError} LOAD_FAILING where nothing succeeded; RECOVERY_WAL_NOT_WRITTEN where the load ended, or the limit was reached, before.
 */
export async function loadWal(
  trial: PlannedTrial & { readonly recovery: PlannedRecovery },
  workload: Workload,
  scene: TrialScene,
  wish: WalWish,
): Promise<WorkloadOutcome> {
  const { signal } = scene;
  const { limitMs } = trial.recovery;
  const enough = new AbortController();
  let reached = false;
  const watch = watchWal(scene, wish, enough.signal).then((there) => {
    reached = there;
    enough.abort(new Error("So much WAL was written."));
  });
  watch.catch((error: unknown) => enough.abort(error)); // Seen below.
  const startedMs = scene.context.clock.now();
  let outcome: WorkloadOutcome;
  try {
    const request = loadRequest(trial, scene);
    await workload.setUp?.({ ...request, target: scene.target, signal });
    outcome = await workload.run({
      ...request,
      durationMs: limitMs,
      signal: AbortSignal.any([signal, enough.signal]),
      onStart: () => undefined,
    });
  } finally {
    enough.abort(new Error("The load has ended."));
  }
  signal.throwIfAborted();
  await watch;
  if (!reached) {
    const loadMs = scene.context.clock.now() - startedMs;
    watchSuccess(trial).judge(outcome, { startMs: startedMs, loadMs });
    throw new DynoError("RECOVERY_WAL_NOT_WRITTEN", {
      wanted: formatBytes(wish.bytes),
      limit: formatDurationMs(limitMs),
    });
  }
  return outcome;
}

/** @returns false where the load ended before. */
async function watchWal(
  { context: { clock, say }, signal }: TrialScene,
  { endpoint, fromLsnBytes, bytes }: WalWish,
  stop: AbortSignal,
): Promise<boolean> {
  const options = { applicationName: "pgdyno-recovery", timeoutMs: ANSWER_MS, signal };
  return withConnection(endpoint, options, async (connection) => {
    let toldMs = clock.now();
    for (;;) {
      const written = (await readLsnBytes(connection)) - fromLsnBytes;
      if (written >= bytes) return true;
      if (stop.aborted) return false;
      if (clock.now() - toldMs >= TELL_MS) {
        toldMs = clock.now();
        say(`${formatBytes(Math.max(0, written))} of ${formatBytes(bytes)} of WAL written`);
      }
      await clock.sleep(LOOK_MS, stop).catch(() => undefined); // One last look.
    }
  });
}

/** Where the WAL ends now, in bytes. */
export async function readLsnBytes({ query }: Pick<Connection, "query">): Promise<number> {
  const [row] = await query<{ lsn: string }>(
    "select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::text as lsn",
  );
  return Number(row!.lsn);
}
