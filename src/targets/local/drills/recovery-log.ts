import { parseLsnBytes } from "../../../lib/postgresql-lsn.ts";

/** What a server's log says of its last crash recovery; `null` where it does not say. */
export interface RecoveryLog {
  readonly redoStartLsnBytes: number | null;
  readonly redoEndLsnBytes: number | null;
  /** From the first word of the start-up process until redo began: every file is synced in it. */
  readonly beforeRedoMs: number | null;
  readonly redoMs: number | null;
  /** The checkpoint at the end of recovery. */
  readonly checkpointMs: number | null;
}

/**
 * Reads the lines of a start after a crash. The elapsed time of redo and of the checkpoint have a
 * hundredth and a thousandth of a second; lines begin with the time in UTC, as `%m` writes it.
 *
 * @see https://www.postgresql.org/docs/current/runtime-config-error-handling.html#GUC-RECOVERY-INIT-SYNC-METHOD
 * @see https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/access/transam/xlogrecovery.c
 */
export function readRecoveryLog(text: string): RecoveryLog {
  const last = (pattern: RegExp) => [...text.matchAll(pattern)].at(-1) ?? null;
  const lsn = (match: RegExpMatchArray | null) =>
    match === null ? null : parseLsnBytes(match[1]!);
  const seconds = (match: RegExpMatchArray | null) =>
    match === null ? null : Math.round(Number(match[1]) * 1000);
  const ending = text.slice(Math.max(0, text.lastIndexOf("checkpoint starting: end-of-recovery")));
  return {
    redoStartLsnBytes: lsn(last(/redo starts at ([0-9A-F]+\/[0-9A-F]+)/g)),
    redoEndLsnBytes: lsn(last(/redo done at ([0-9A-F]+\/[0-9A-F]+)/g)),
    beforeRedoMs: between(
      last(/^(\S+ \S+ UTC) .*database system was interrupted/gm),
      last(/^(\S+ \S+ UTC) .*redo starts at/gm),
    ),
    redoMs: seconds(last(/redo done at .* elapsed: ([0-9.]+) s/g)),
    checkpointMs: ending.startsWith("checkpoint starting: end-of-recovery")
      ? seconds(/checkpoint complete: .*?total=([0-9.]+) s/.exec(ending))
      : null,
  };
}

function between(from: RegExpMatchArray | null, to: RegExpMatchArray | null): number | null {
  const at = (match: RegExpMatchArray | null) => Date.parse(match?.[1]?.replace(" UTC", "Z") ?? "");
  const ms = at(to) - at(from);
  return ms >= 0 ? ms : null;
}
