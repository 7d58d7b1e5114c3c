import type { Connection } from "./pg-connection.ts";

/** What a server says of itself; the record's `ServerFacts` but for where its binaries came from. */
export interface PostgresqlFacts {
  readonly version: string;
  readonly versionNumber: number;
  readonly versionText: string;
  readonly settings: Readonly<Record<string, PostgresqlSetting>>;
  /** Of the database that the connection is in. `null` where the role may not ask. */
  readonly databaseBytes: number | null;
  /** What the role may not see, as sentences. */
  readonly missingPrivileges: readonly string[];
}

/** One row of `pg_settings`. */
interface PostgresqlSetting {
  readonly value: string;
  readonly unit: string | null;
  readonly source: string;
}

/**
 * Reads version, settings, size and what the role may not see.
 *
 * @see https://www.postgresql.org/docs/current/view-pg-settings.html
 */
export async function readPostgresqlFacts(connection: Connection): Promise<PostgresqlFacts> {
  const [about] = await connection.query<{ version: string; number: string; text: string }>(
    `select current_setting('server_version') as version,
            current_setting('server_version_num') as number, version() as text`,
  );
  const settings = await connection.query<{
    name: string;
    setting: string | null;
    unit: string | null;
    source: string;
  }>(SETTINGS);
  return {
    version: about!.version.split(" ")[0]!,
    versionNumber: Number(about!.number),
    versionText: about!.text,
    settings: Object.fromEntries(
      settings.map(({ name, setting, unit, source }) => [
        name,
        { value: withoutSecret(name, setting ?? ""), unit, source },
      ]),
    ),
    databaseBytes: await readDatabaseBytes(connection),
    missingPrivileges: await readMissingPrivileges(connection),
  };
}

/** What a session of ours set for itself is not the server's: there it is what a reset would bring. */
const SETTINGS = `
  select name, unit,
         case source when 'session' then reset_val else setting end as setting,
         case when source <> 'session' then source
              when reset_val is not distinct from boot_val then 'default'
              else 'unknown' end as source
    from pg_settings order by name`;

/**
 * Settings in which people put passwords and keys: connection strings, and commands that run a tool.
 * What they are set to stays out of records.
 */
const MAY_HOLD_SECRET = /(conninfo|passphrase|_command$)/;
const NOT_SET: readonly string[] = ["", "(disabled)"];

function withoutSecret(name: string, value: string): string {
  return MAY_HOLD_SECRET.test(name) && !NOT_SET.includes(value) ? "(set, not recorded)" : value;
}

async function readDatabaseBytes(connection: Connection): Promise<number | null> {
  try {
    const [row] = await connection.query<{ bytes: string }>(
      "select pg_database_size(current_database()) as bytes",
    );
    return Number(row!.bytes);
  } catch {
    return null; // Needs CONNECT or pg_read_all_stats; without it the size is simply not known.
  }
}

/** What lacks without a predefined role, as the reader of a report sees it. */
const PRIVILEGES = [
  [
    "pg_read_all_stats",
    "sessions, waits, queries and replication of other roles show as empty, so they are gaps",
  ],
  ["pg_read_all_settings", "settings that only superusers see are not in the record"],
  ["pg_monitor", "WAL and archive directories cannot be listed"],
] as const;

/**
 * What the connection's role may not see, as sentences; empty with `pg_monitor`.
 *
 * @see https://www.postgresql.org/docs/current/predefined-roles.html
 */
export async function readMissingPrivileges(connection: Connection): Promise<readonly string[]> {
  const roles = PRIVILEGES.map(([role]) => role);
  const rows = await connection.query<{ role: string; me: string; has: boolean }>(
    `select role, current_user as me, pg_has_role(role, 'USAGE') as has
       from unnest($1::text[]) as role`,
    [roles],
  );
  return PRIVILEGES.flatMap(([role, lacks]) => {
    const row = rows.find((row) => row.role === role);
    return row?.has === true ? [] : [`Role ${row?.me ?? "?"} is not in ${role}: ${lacks}.`];
  });
}
