import { statfs } from "node:fs/promises";
import { describeEndpoint, type Endpoint } from "../../lib/endpoint.ts";
import { DynoError } from "../../lib/errors.ts";
import { withConnection, type Connection } from "../../lib/pg-connection.ts";
import { describeDatabase, readMarkerOrNull } from "../../lib/postgresql-marker.ts";

/** A database whose content is kept as a template, and put back from it. */
export interface KeptData {
  readonly database: string;
  readonly owner: string;
  /** Superuser, in another database than the one that is kept. */
  readonly maintenanceEndpoint: Endpoint;
  readonly dataDirectory: string;
}

/** Copies take as long as the disk does; the caller's signal ends them. */
const COPY_MS = 6 * 3_600_000;
/** Beside the copy, WAL and the trials need room. */
const SPARE_SHARE = 1.2;

/**
 * Copies the database, file by file, to `<database>_kept`. Ends the sessions in it first: PostgreSQL
 * copies no database that somebody uses.
 *
 * @returns false where the volume is too small for a second copy.
 * @see https://www.postgresql.org/docs/current/sql-createdatabase.html
 */
export async function keepCopy(kept: KeptData, signal: AbortSignal): Promise<boolean> {
  return withMaintenance(kept, signal, async (connection) => {
    const [size] = await connection.query<{ bytes: string }>(
      "select pg_database_size($1) as bytes",
      [kept.database],
    );
    const volume = await statfs(kept.dataDirectory);
    if (volume.bavail * volume.bsize < Number(size!.bytes) * SPARE_SHARE) return false;
    await dropDatabase(connection, keptName(kept));
    await copyDatabase(connection, { from: kept.database, to: keptName(kept), owner: kept.owner });
    // Nobody may change it, and nobody may stand in the way of the next copy.
    await connection.query(`alter database ${quote(keptName(kept))} allow_connections false`);
    return true;
  });
}

/**
 * Drops the database and makes it anew from the kept copy. Its statistics counters begin again at
 * zero, and its pages are no longer in shared buffers.
 *
 * @throws {DynoError} TARGET_NOT_OURS where the database has lost its marker.
 */
export async function restoreCopy(kept: KeptData, signal: AbortSignal): Promise<void> {
  const inside = { ...kept.maintenanceEndpoint, database: kept.database };
  const options = { applicationName: "pgdyno-target", timeoutMs: 10_000, signal };
  const marker = await withConnection(inside, options, readMarkerOrNull);
  if (marker === null) {
    const where = describeEndpoint(inside);
    throw new DynoError("TARGET_NOT_OURS", { database: kept.database, where, what: "data" });
  }
  await withMaintenance(kept, signal, async (connection) => {
    await dropDatabase(connection, kept.database);
    await copyDatabase(connection, { from: keptName(kept), to: kept.database, owner: kept.owner });
  });
  await withConnection(inside, options, describeDatabase);
}

async function copyDatabase(
  connection: Connection,
  { from, to, owner }: { readonly from: string; readonly to: string; readonly owner: string },
): Promise<void> {
  const [version] = await connection.query<{ number: string }>(
    "select current_setting('server_version_num') as number",
  );
  // Copying through WAL, the default from 15 on, would write all data a second time.
  const strategy = Number(version!.number) >= 150_000 ? " strategy file_copy" : "";
  await endSessions(connection, from);
  await connection.query(
    `create database ${quote(to)} owner ${quote(owner)} template ${quote(from)}${strategy}`,
  );
}

async function dropDatabase(connection: Connection, database: string): Promise<void> {
  await connection.query(`drop database if exists ${quote(database)} with (force)`);
}

/** PostgreSQL itself waits up to 5 s for them to be gone before it refuses to copy. */
async function endSessions(connection: Connection, database: string): Promise<void> {
  await connection.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()",
    [database],
  );
}

async function withMaintenance<T>(
  kept: KeptData,
  signal: AbortSignal,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const options = {
    applicationName: "pgdyno-target",
    timeoutMs: COPY_MS,
    statementTimeoutMs: 0,
    lockTimeoutMs: 0,
    signal,
  };
  return withConnection(kept.maintenanceEndpoint, options, async (connection) => {
    await connection.query("select set_config('pg_stat_statements.track', 'none', false)");
    // Should this process be gone, its statement shall not go on for hours.
    await connection.query("set client_connection_check_interval = '2s'").catch(() => []);
    return work(connection);
  });
}

function keptName({ database }: KeptData): string {
  return `${database}_kept`;
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
