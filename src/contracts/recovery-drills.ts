/**
 * What a target does to its own servers so that their recovery can be timed. Times are of the run's
 * clock, in ms.
 */
export interface CrashDrills {
  /**
   * Has no checkpoint begin by itself, so that WAL gathers which a crash must replay.
   * @returns has them begin again as before.
   */
  holdCheckpoints(signal: AbortSignal): Promise<() => Promise<void>>;
  /**
   * Kills every process of the primary at once, as `kill -9` and the kernel do, has the same server
   * start again, and writes as soon as it lets it. No other server takes its part meanwhile.
   */
  crash(signal: AbortSignal): Promise<CrashDrill>;
}

/** The same for a standby. */
export interface RebuildDrills {
  /** Takes a standby down, its data away, and has it copied anew. */
  rebuild(signal: AbortSignal): Promise<RebuildDrill>;
}

/** A server that was killed and came back. */
export interface CrashDrill {
  readonly killedAtMs: number;
  /** No process was left. */
  readonly goneAtMs: number;
  /** A write was acknowledged. */
  readonly writableAtMs: number;
  /** From where redo began to where it ended; 0 where there was nothing to redo. */
  readonly walBytes: number;
  /** As the server's log has them; `null` where it does not tell. Until redo began every file is synced. */
  readonly beforeRedoMs: number | null;
  readonly redoMs: number | null;
  /** The checkpoint at the end of recovery, likewise. */
  readonly checkpointMs: number | null;
}

/** A standby that was copied anew. */
export interface RebuildDrill {
  readonly member: string;
  readonly startedAtMs: number;
  /** Its files were all there. */
  readonly copiedAtMs: number;
  /** It streamed, and had replayed all that the primary had written when the copy ended. */
  readonly caughtUpAtMs: number;
  /** Copied, WAL included. */
  readonly bytes: number;
}
