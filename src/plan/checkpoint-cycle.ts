/**
 * A measured window must hold whole checkpoint cycles: after each checkpoint the first change of
 * every page writes a full page image, so that throughput swings with the cycle.
 *
 * @see https://www.postgresql.org/docs/current/wal-configuration.html
 */

/** PostgreSQL's default since 14. */
export const CHECKPOINT_COMPLETION_TARGET = 0.9;

/** TPC-C asks for at least four checkpoints in the measured interval (TPC-C 5.11, clause 5.5.2). */
export const WHOLE_CYCLES = 4;

/** Below two cycles not even a quick look sees both halves of the swing. */
export const QUICK_CYCLES = 2;

export interface CheckpointSettings {
  readonly checkpointTimeoutMs: number;
  readonly maxWalBytes: number;
  /** WAL that the load writes; `null` before it was measured: then only the clock sets the cycle. */
  readonly walBytesPerS: number | null;
}

/**
 * Milliseconds from one checkpoint to the next: `min(checkpoint_timeout, D / G)`, where G is the rate
 * of WAL and `D = max_wal_size / (1 + checkpoint_completion_target)` the distance between checkpoints.
 */
export function estimateCheckpointCycleMs(settings: CheckpointSettings): number {
  const { checkpointTimeoutMs, maxWalBytes, walBytesPerS } = settings;
  if (walBytesPerS === null || walBytesPerS <= 0) return checkpointTimeoutMs;
  const distanceBytes = maxWalBytes / (1 + CHECKPOINT_COMPLETION_TARGET);
  return Math.min(checkpointTimeoutMs, (distanceBytes / walBytesPerS) * 1000);
}
