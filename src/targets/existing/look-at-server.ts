import type { Clock } from "../../lib/clock.ts";
import type { Connection } from "../../lib/pg-connection.ts";
import type { ServerLook } from "./production-signs.ts";

/** How long others are watched; a busy application shows itself in it. */
const LOOK_MS = 2000;
const GLANCES = 8;

/**
 * Watches a server for two seconds, changing nothing.
 *
 * `connection` is in the database under test; `isMarked` says whether that one is pgdyno's own, so
 * that its size does not count.
 */
export async function lookAtServer(
  connection: Connection,
  { isMarked, clock, signal }: { isMarked: boolean; clock: Clock; signal: AbortSignal },
): Promise<ServerLook> {
  const before = await readCommits(connection, isMarked);
  const startMs = clock.now();
  let activeSessions: number | null = null;
  for (let glance = 0; glance < GLANCES; glance += 1) {
    await clock.sleep(LOOK_MS / GLANCES, signal);
    const active = await readActive(connection);
    if (active !== null) activeSessions = Math.max(activeSessions ?? 0, active);
  }
  const seconds = (clock.now() - startMs) / 1000;
  const after = await readCommits(connection, isMarked);
  const beforehand = connection.isPooled ? POOLED_STATEMENTS_BEFORE : OWN_STATEMENTS_BEFORE;
  const own = isMarked ? 0 : GLANCES + beforehand;
  const others = Math.max(0, after - before - own);
  const [row] = await connection.query<StandingRow>(STANDING, [isMarked]);
  return {
    activeSessions,
    otherTps: others / seconds,
    replicas: numberOrNull(row?.replicas),
    slotsInUse: numberOrNull(row?.slots),
    archivedAgoMs: numberOrNull(row?.archived_ago_ms),
    archiveMode: row?.archive_mode ?? "off",
    foreignBytes: numberOrNull(row?.foreign_bytes),
    backupsRunning: numberOrNull(row?.backups),
  };
}

/** Connecting, session settings, and the look at the content; the server may count them only now. */
const OWN_STATEMENTS_BEFORE = 12;
/** The look at the pooler, too. */
const POOLED_STATEMENTS_BEFORE = 36;

interface StandingRow extends Record<string, unknown> {
  readonly replicas: string | null;
  readonly slots: string | null;
  readonly archived_ago_ms: string | null;
  readonly archive_mode: string | null;
  readonly foreign_bytes: string | null;
  readonly backups: string | null;
}

/**
 * Transactions so far. Where the database under test is pgdyno's own it does not count: autovacuum may
 * still be tidying up after the last run, and each statement of ours is a transaction too.
 */
async function readCommits(connection: Connection, isMarked: boolean): Promise<number> {
  const [row] = await connection.query<{ commits: string }>(
    `select coalesce(sum(xact_commit + xact_rollback), 0) as commits from pg_stat_database
      where not ($1 and datname is not distinct from current_database())`,
    [isMarked],
  );
  return Number(row!.commits);
}

/** `null` where the role sees that sessions are there, but not what they do. */
async function readActive(connection: Connection): Promise<number | null> {
  const [row] = await connection.query<{ active: string; hidden: string }>(
    `select count(*) filter (where state in ('active', 'fastpath function call')) as active,
            count(*) filter (where state is null) as hidden
       from pg_stat_activity
      where pid <> pg_backend_pid() and coalesce(application_name, '') not like 'pgdyno%'
        and (backend_type = 'client backend' or backend_type is null) and datname is not null`,
  );
  return Number(row!.hidden) > 0 ? null : Number(row!.active);
}

/**
 * Without `pg_read_all_stats`, `pg_stat_replication` shows rows whose `state` is NULL: they are
 * replicas or backups all the same.
 */
const STANDING = `
  select (select count(*) from pg_stat_replication where state is distinct from 'backup') as replicas,
         (select count(*) from pg_replication_slots where active) as slots,
         (select count(*) from pg_stat_progress_basebackup) as backups,
         (select extract(epoch from clock_timestamp() - last_archived_time) * 1000
            from pg_stat_archiver) as archived_ago_ms,
         current_setting('archive_mode', true) as archive_mode,
         (select sum(pg_database_size(oid)) from pg_database
           where not ($1 and datname = current_database())
             and (has_database_privilege(oid, 'CONNECT')
                  or pg_has_role('pg_read_all_stats', 'USAGE'))) as foreign_bytes`;

function numberOrNull(text: string | null | undefined): number | null {
  return text === null || text === undefined ? null : Number(text);
}
