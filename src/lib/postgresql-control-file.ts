import { readFile } from "node:fs/promises";
import path from "node:path";

/** What `global/pg_control` tells of a server that may be down. */
export interface ControlFile {
  /** As text, since it does not fit a number. */
  readonly systemIdentifier: string;
  /** True after an orderly shutdown: the last WAL record is the checkpoint. */
  readonly shutDown: boolean;
  /** Start of the last checkpoint's record. */
  readonly checkpointLsnBytes: number;
  readonly redoLsnBytes: number;
  /** The timeline of the last checkpoint. */
  readonly timeline: number;
}

/** `DB_SHUTDOWNED` and `DB_SHUTDOWNED_IN_RECOVERY`. */
const SHUT_DOWN: readonly number[] = [1, 2];

/**
 * Reads the control file itself: the embedded builds have no `pg_controldata`. The fields that are read
 * lie at the same place in PostgreSQL 11 to 18 on all machines that store low bytes first.
 *
 * @see https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/catalog/pg_control.h
 */
export async function readControlFile(dataDirectory: string): Promise<ControlFile> {
  const bytes = await readFile(path.join(dataDirectory, "global/pg_control"));
  return {
    systemIdentifier: String(bytes.readBigUInt64LE(0)),
    shutDown: SHUT_DOWN.includes(bytes.readUInt32LE(16)),
    checkpointLsnBytes: Number(bytes.readBigUInt64LE(32)),
    redoLsnBytes: Number(bytes.readBigUInt64LE(40)),
    timeline: bytes.readUInt32LE(48),
  };
}
