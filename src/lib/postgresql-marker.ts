import type { Connection } from "./pg-connection.ts";

/**
 * How a database says that it is pgdyno's to fill and to wipe: table `pgdyno_marker.marker`. Whatever
 * destroys data reads the marker first.
 *
 * The schema is not called `pgdyno`, since a role of that name would have it first on its search path
 * (`"$user", public`), and its tables would be made there.
 */
interface Marker {
  readonly runId: string;
  readonly createdAt: string;
}

/** What a database holds beside what PostgreSQL and its extensions bring. */
export interface DatabaseContent {
  readonly database: string;
  /** `null` where it does not bear the marker. */
  readonly marker: Marker | null;
  /** Tables, partitioned and foreign ones, materialised views and sequences, outside schema `pgdyno_marker`. */
  readonly relationCount: number;
  /** A few of their names. */
  readonly relations: readonly string[];
}

/** Looks at the database that the connection is in. */
export async function readContent(connection: Connection): Promise<DatabaseContent> {
  const [row] = await connection.query<{ database: string; count: string; names: string[] }>(
    CONTENT,
  );
  return {
    database: row!.database,
    marker: await readMarkerOrNull(connection),
    relationCount: Number(row!.count),
    relations: row!.names,
  };
}

/** The marker of the database that the connection is in. */
export async function readMarkerOrNull(connection: Connection): Promise<Marker | null> {
  const [there] = await connection.query<{ there: boolean }>(
    "select to_regclass('pgdyno_marker.marker') is not null as there",
  );
  if (there?.there !== true) return null;
  const [row] = await connection.query<{ run_id: string; created_at: string }>(
    "select run_id, created_at::text from pgdyno_marker.marker order by created_at limit 1",
  );
  return row === undefined ? null : { runId: row.run_id, createdAt: row.created_at };
}

/**
 * Marks the database that the connection is in. Must have been found empty, or just created.
 *
 * The comment is for people; only the table counts.
 */
export async function placeMarker(connection: Connection, runId: string): Promise<void> {
  await connection.query("create schema pgdyno_marker");
  await connection.query(
    `create table pgdyno_marker.marker (
       run_id text primary key,
       created_at timestamptz not null default clock_timestamp())`,
  );
  await connection.query("insert into pgdyno_marker.marker (run_id) values ($1)", [runId]);
  await describeDatabase(connection);
}

/** Puts the comment on the database, which a copy from a template does not bring along. */
export async function describeDatabase(connection: Connection): Promise<void> {
  await connection.query(
    `do $$ begin
       execute format('comment on database %I is %L', current_database(),
         'Belongs to pgdyno, which fills and wipes it. See table pgdyno_marker.marker.');
     exception when insufficient_privilege then null; -- Only the owner may comment.
     end $$`,
  );
}

const CONTENT = `
  with ours as (
    select c.oid::regclass::text as name
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'f', 'm', 'S')
       and n.nspname not in ('pg_catalog', 'information_schema', 'pgdyno_marker')
       and n.nspname !~ '^pg_(toast|temp)'
       and not exists (select from pg_depend d
                        where d.classid = 'pg_class'::regclass and d.objid = c.oid
                          and d.deptype = 'e'))
  select current_database() as database,
         (select count(*) from ours) as count,
         array(select name from ours order by name limit 3) as names`;
