import type { ConnectionSlots, SessionLimit } from "../../contracts/target-asks.ts";
import type { Connection } from "../../lib/pg-connection.ts";

/** Why a server takes no writes from a session; `null` where it takes them. */
export type ReadOnlyBecause = "standby" | "read-only sessions" | null;

export async function readWhyReadOnly({
  query,
}: Pick<Connection, "query">): Promise<ReadOnlyBecause> {
  const [row] = await query<{ standby: boolean; read_only: string }>(
    "select pg_is_in_recovery() as standby, current_setting('default_transaction_read_only') as read_only",
  );
  if (row?.standby === true) return "standby";
  return row?.read_only === "on" ? "read-only sessions" : null;
}

/**
 * What the server has for sessions of this connection's role in this database, and what others have taken.
 * `null` through a pooler, which lets in as many as it likes.
 *
 * @param monitorRole whose sessions count with the load's where it is the same
 */
export async function readSlots(
  { query, isPooled }: Pick<Connection, "query" | "isPooled">,
  monitorRole: string,
): Promise<ConnectionSlots | null> {
  if (isPooled) return null;
  const [row] = await query<SlotsRow>(SLOTS);
  if (row === undefined) return null;
  const limits: SessionLimit[] = [
    {
      of: `role \`${row.role}\``,
      most: row.role_limit,
      taken: Number(row.role_taken),
      countsOwn: monitorRole === row.role,
    },
    {
      of: `database \`${row.database}\``,
      most: row.database_limit,
      taken: Number(row.database_taken),
      countsOwn: true,
    },
  ];
  const forRoles = row.may_use_reserved ? 0 : Number(row.reserved ?? 0);
  return {
    connections: Number(row.connections),
    reserved: row.superuser ? 0 : Number(row.superuser_reserved) + forRoles,
    taken: Number(row.taken),
    ofTarget: 0,
    // -1 is no limit, and superusers have none.
    limits: row.superuser ? [] : limits.filter(({ most }) => most >= 0),
    locks: null,
    lockers: 1,
  };
}

interface SlotsRow extends Record<string, unknown> {
  readonly role: string;
  readonly database: string;
  readonly connections: string;
  readonly superuser_reserved: string;
  readonly reserved: string | null;
  readonly superuser: boolean;
  readonly may_use_reserved: boolean;
  readonly role_limit: number;
  readonly database_limit: number;
  readonly taken: string;
  readonly role_taken: string;
  readonly database_taken: string;
}

/**
 * Without `pg_read_all_stats` the sessions of other roles show, but not what they are; they have a database
 * all the same. `pg_use_reserved_connections` is there from 16 on.
 */
const SLOTS = `
  with others as (
    select datname, usename from pg_stat_activity
     where pid <> pg_backend_pid() and datname is not null
       and coalesce(backend_type, 'client backend') = 'client backend')
  select r.rolname as role, d.datname as database,
         current_setting('max_connections') as connections,
         current_setting('superuser_reserved_connections') as superuser_reserved,
         current_setting('reserved_connections', true) as reserved,
         r.rolsuper as superuser,
         coalesce((select pg_has_role(oid, 'USAGE') from pg_roles
                    where rolname = 'pg_use_reserved_connections'), false) as may_use_reserved,
         r.rolconnlimit as role_limit, d.datconnlimit as database_limit,
         (select count(*) from others) as taken,
         (select count(*) from others where usename = r.rolname) as role_taken,
         (select count(*) from others where datname = d.datname) as database_taken
    from pg_roles r, pg_database d
   where r.rolname = session_user and d.datname = current_database()`;

/** Which of pgbench's tables are missing, and the scale of those that are there; `null` where none tells. */
export async function readTables(
  { query }: Pick<Connection, "query">,
  tables: readonly string[],
): Promise<{ readonly missing: readonly string[]; readonly scale: number | null }> {
  const rows = await query<{ name: string; there: boolean }>(
    `select name, to_regclass(name) is not null
                  and has_table_privilege(to_regclass(name), 'SELECT') as there
       from unnest($1::text[]) as name`,
    [tables],
  );
  const missing = rows.filter(({ there }) => !there).map(({ name }) => name);
  if (missing.includes("pgbench_branches") || !tables.includes("pgbench_branches")) {
    return { missing, scale: null };
  }
  const [row] = await query<{ scale: string }>("select count(*) as scale from pgbench_branches");
  return { missing, scale: Number(row!.scale) };
}
