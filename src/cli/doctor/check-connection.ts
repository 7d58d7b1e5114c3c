import { lookup } from "node:dns/promises";
import { connect } from "node:net";
import type { Endpoint } from "../../lib/endpoint.ts";
import { describeEndpoint } from "../../lib/endpoint.ts";
import { DynoError, messageOf } from "../../lib/errors.ts";
import { openConnection, type Connection } from "../../lib/pg-connection.ts";
import type { CheckResult } from "./check.ts";
import { resolveDsn } from "./resolve-dsn.ts";

/** Nobody waits longer for an answer than this in a check. */
const TIMEOUT_MS = 5000;

/**
 * Tries a connection step by step: address, name, network, session, privileges. The first step that
 * fails is the last one told, since what follows would fail with it.
 */
export async function checkConnection(dsn: string): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  const step = async <T>(title: string, remedy: string, run: () => Promise<[T, string]>) => {
    try {
      const [value, found] = await run();
      results.push({ title, status: "ok", found, remedy: null, required: true });
      return value;
    } catch (error) {
      const found = messageOf(error);
      const way = error instanceof DynoError && error.code === "USAGE" ? error.hint : remedy;
      results.push({ title, status: "missing", found, remedy: way, required: true });
      return null;
    }
  };

  const endpoint = await step("address", "Write it as postgresql://USER@HOST:PORT/DATABASE.", () =>
    readAddress(dsn),
  );
  if (endpoint === null) return results;
  const reached = await step("name", "Check the host's name and this machine's DNS.", () =>
    resolveNames(endpoint),
  );
  if (reached === null) return results;
  const port = await step(
    "network",
    "Check that the server runs, listens on this address (listen_addresses), and that no firewall is between.",
    () => reachPort(endpoint),
  );
  if (port === null) return results;
  const connection = await step(
    "session",
    "Check user, password (PGPASSWORD, ~/.pgpass), database, pg_hba.conf and TLS (sslmode, sslrootcert).",
    () => openSession(endpoint),
  );
  if (connection === null) return results;
  try {
    await step("version", "PostgreSQL 13 or later is wanted.", () => readVersion(connection));
    results.push(...(await checkPrivileges(connection)));
  } finally {
    await connection.close();
  }
  return results;
}

async function readAddress(dsn: string): Promise<[Endpoint, string]> {
  const endpoint = await resolveDsn(dsn);
  return [endpoint, describeEndpoint(endpoint)];
}

async function resolveNames({ hosts }: Endpoint): Promise<[true, string]> {
  const found = await Promise.all(
    hosts.map(async ({ host }) =>
      host.startsWith("/")
        ? `${host} is a folder of sockets`
        : `${host} is ${(await lookup(host)).address}`,
    ),
  );
  return [true, found.join(", ")];
}

async function reachPort({ hosts }: Endpoint): Promise<[true, string]> {
  const failures: string[] = [];
  for (const { host, port } of hosts) {
    const failure = await tryPort(host, port);
    if (failure === null) return [true, `${host}:${port} answers`];
    failures.push(`${host}:${port}: ${failure}`);
  }
  throw new Error(failures.join("; "));
}

/** `null` where something listens. */
function tryPort(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = host.startsWith("/")
      ? connect(`${host}/.s.PGSQL.${port}`)
      : connect({ host, port });
    const end = (failure: string | null) => {
      socket.destroy();
      resolve(failure);
    };
    socket.setTimeout(TIMEOUT_MS, () => end(`no answer within ${TIMEOUT_MS / 1000} s`));
    socket.once("connect", () => end(null));
    socket.once("error", (error) => end(messageOf(error)));
  });
}

async function openSession(endpoint: Endpoint): Promise<[Connection, string]> {
  const connection = await openConnection(endpoint, {
    applicationName: "pgdyno-doctor",
    timeoutMs: TIMEOUT_MS,
  });
  const tls = connection.encrypted ? "with TLS" : "without TLS";
  return [connection, `${endpoint.user} in ${endpoint.database}, ${tls}`];
}

async function readVersion(connection: Connection): Promise<[true, string]> {
  const [row] = await connection.query<{ version: string; number: number }>(
    "select version(), current_setting('server_version_num')::int as number",
  );
  if (row === undefined || row.number < 130_000) throw new Error(row?.version ?? "no answer");
  return [true, row.version];
}

/** What a run would miss. Neither is needed to connect, so neither fails the check. */
async function checkPrivileges(connection: Connection): Promise<CheckResult[]> {
  const [row] = await connection.query<{ monitor: boolean; may_create: boolean; standby: boolean }>(
    `select pg_has_role('pg_monitor', 'member') as monitor,
            has_database_privilege(current_database(), 'create') as may_create,
            pg_is_in_recovery() as standby`,
  );
  if (row === undefined) return [];
  const tell = (title: string, isFine: boolean, found: string, remedy: string): CheckResult => ({
    title,
    status: isFine ? "ok" : "mind",
    found,
    remedy: isFine ? null : remedy,
    required: false,
  });
  return [
    tell(
      "statistics",
      row.monitor,
      row.monitor ? "the role is a member of pg_monitor" : "the role does not see other sessions",
      "grant pg_monitor to the_role;",
    ),
    tell(
      "writing",
      row.may_create && !row.standby,
      row.standby
        ? "this is a standby: it takes no writes"
        : row.may_create
          ? "the role may create schemas in this database"
          : "the role may create nothing in this database",
      row.standby
        ? "Name the primary."
        : "Give the role a database of its own: create database bench owner the_role;",
    ),
  ];
}
