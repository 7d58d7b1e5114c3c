import { randomBytes, randomUUID } from "node:crypto";
import type { Endpoint } from "../../lib/endpoint.ts";
import { withConnection } from "../../lib/pg-connection.ts";
import { placeMarker } from "../../lib/postgresql-marker.ts";
import { scramVerifier } from "../../lib/postgresql-scram.ts";
import { Secret } from "../../lib/secret.ts";
import { SUPERUSER } from "./instance.ts";

/** The database under test. */
export const DATABASE = "pgdyno";
/** Owns the database under test, and has no right beyond it. */
export const RUNNER = "pgdyno_runner";
/** Reads statistics. */
export const MONITOR = "pgdyno_monitor";

/** Passwords of one server's roles; made for the run, kept in memory. */
export interface Passwords {
  readonly superuser: Secret;
  readonly runner: Secret;
  readonly monitor: Secret;
}

/** Keeps what is set up out of the statements that are measured; does nothing without the module. */
const UNSEEN = "select set_config('pg_stat_statements.track', 'none', false)";

/** What is made in such a session is on disk with the database that is made next, which waits for it. */
export const FLUSHED_LATER = "set synchronous_commit = 'off'";

/** Fresh passwords of 144 random bits each. */
export function makePasswords(): Passwords {
  const make = () => new Secret(randomBytes(18).toString("base64url"));
  return { superuser: make(), runner: make(), monitor: make() };
}

/** The same server, as whom and in which database. */
export function endpointsOf(port: number, passwords: Passwords) {
  const endpoint = (user: string, password: Secret, database = DATABASE): Endpoint => ({
    hosts: [{ host: "127.0.0.1", port }],
    user,
    database,
    password,
    sslMode: "disable",
    sslRootCert: null,
  });
  return {
    load: endpoint(RUNNER, passwords.runner),
    monitor: endpoint(MONITOR, passwords.monitor),
    admin: endpoint(SUPERUSER, passwords.superuser),
    /** In a database that is never copied nor dropped. */
    maintenance: endpoint(SUPERUSER, passwords.superuser, "postgres"),
  };
}

/** The endpoints of a server that pgdyno set up. */
export type LocalEndpoints = ReturnType<typeof endpointsOf>;

/** Makes the roles and the marked database, with `pg_stat_statements` where it is loaded. */
export async function createDatabase(
  endpoints: LocalEndpoints,
  passwords: Passwords,
  signal: AbortSignal,
): Promise<void> {
  const options = { applicationName: "pgdyno-target", timeoutMs: 60_000, lockTimeoutMs: 0, signal };
  await withConnection(endpoints.maintenance, options, async ({ query }) => {
    await query(UNSEEN);
    await query(FLUSHED_LATER);
    const runner = scramVerifier(passwords.runner);
    const monitor = scramVerifier(passwords.monitor);
    await query(`create role ${RUNNER} login password '${runner}'`);
    await query(`create role ${MONITOR} login password '${monitor}' in role pg_monitor`);
    await query(`create database ${DATABASE} owner ${RUNNER}`);
  });
  await withConnection(endpoints.admin, options, async (connection) => {
    await connection.query(UNSEEN);
    await connection.query("begin"); // One wait for the disk, in place of one per statement.
    const [loaded] = await connection.query<{ libraries: string }>(
      "select current_setting('shared_preload_libraries') as libraries",
    );
    if (/\bpg_stat_statements\b/.test(loaded!.libraries)) {
      await connection.query("create extension pg_stat_statements");
    }
    await placeMarker(connection, randomUUID());
    await connection.query("grant usage on schema pgdyno_marker to public");
    await connection.query("grant select on pgdyno_marker.marker to public");
    await connection.query("commit");
  });
}
