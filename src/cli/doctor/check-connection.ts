import { lookup } from "node:dns/promises";
import {
  describeEndpoint,
  isSocketHost,
  passwordOf,
  type Endpoint,
  type EndpointHost,
} from "../../lib/endpoint.ts";
import { DynoError, messageOf } from "../../lib/errors.ts";
import { openConnection, type Connection } from "../../lib/pg-connection.ts";
import { dial } from "../../lib/pg-dial.ts";
import type { CheckResult } from "./check.ts";
import { readMissingPrivileges } from "../../lib/postgresql-facts.ts";
import { lookAtPooler } from "../../lib/pooler.ts";
import { libpqSurroundings, resolveEndpoint } from "../../lib/libpq-endpoint.ts";
import { readContent } from "../../lib/postgresql-marker.ts";
import { systemClock } from "../../engine/system-clock.ts";
import { lookAtServer } from "../../targets/existing/look-at-server.ts";
import { findProductionSigns } from "../../targets/existing/production-signs.ts";

/** Nobody waits longer for an answer than this in a check. */
const TIMEOUT_MS = 5000;
/** Errors that know better than the step what to do. */
const SAYS_BETTER: ReadonlySet<string> = new Set(["DSN_INVALID", "CONNECTION_SLOTS_TAKEN"]);
/** Signs of production are looked for during two seconds. */
const LOOK_TIMEOUT_MS = 20_000;

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
      const way = error instanceof DynoError && SAYS_BETTER.has(error.code) ? error.hint : remedy;
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
    results.push(await checkPooler(endpoint, connection).catch(tellUnknown("pooler")));
    results.push(...(await checkUse(connection).catch((error) => [tellUnknown("use")(error)])));
  } finally {
    await connection.close();
  }
  return results;
}

function tellUnknown(title: string): (error: unknown) => CheckResult {
  return (error) => tell(title, false, `could not be looked at: ${messageOf(error)}`, "Try again.");
}

/** Whether sessions are ours: watching needs that, and so does a load with prepared statements. */
async function checkPooler(endpoint: Endpoint, connection: Connection): Promise<CheckResult> {
  const pooler = await lookAtPooler(endpoint, connection);
  if (pooler === null) return tell("pooler", true, "none: the server itself answers", "");
  const found = {
    session: "a connection pooler in session mode",
    shared: "a connection pooler in transaction or statement mode: `observe` and probes refuse it",
    unknown: "a connection pooler whose server connections are used up",
  }[pooler.mode];
  const remedy = `Watch the server itself: \`--dsn ${pooler.direct}\`, or \`monitorDsn\` beside a load that goes through the pooler. That is its address as the pooler sees it.`;
  return tell("pooler", false, found, remedy);
}

async function readAddress(dsn: string): Promise<[Endpoint, string]> {
  const { endpoint, warnings } = await resolveEndpoint({ dsn }, libpqSurroundings());
  const hasPassword = endpoint.hosts.some((host) => passwordOf(endpoint, host) !== null);
  const password = hasPassword ? "a password was found" : "no password found";
  const told = [
    `${describeEndpoint(endpoint)}, sslmode ${endpoint.sslMode}`,
    password,
    ...warnings,
  ];
  return [endpoint, told.join("; ")];
}

async function resolveNames({ hosts }: Endpoint): Promise<[true, string]> {
  const found = await Promise.all(
    hosts.map(async ({ host, address }) => {
      if (isSocketHost(host)) return `${host} is a folder of sockets`;
      if (address !== undefined) return `${host} is ${address}, as \`hostaddr\` says`;
      const all = await lookup(host, { all: true });
      return `${host} is ${all.map((one) => one.address).join(" and ")}`;
    }),
  );
  return [true, found.join(", ")];
}

async function reachPort(endpoint: Endpoint): Promise<[true, string]> {
  const failures: string[] = [];
  for (const host of endpoint.hosts) {
    const name = `${host.host}:${host.port}`;
    const failure = await tryPort(endpoint, host);
    if (failure === null) return [true, `${name} answers`];
    failures.push(`${name}: ${failure}`);
  }
  throw new Error(failures.join("; "));
}

/** `null` where something listens. */
async function tryPort(endpoint: Endpoint, host: EndpointHost): Promise<string | null> {
  const { signal } = new AbortController();
  try {
    (await dial(endpoint, host, { way: "plain", timeoutMs: TIMEOUT_MS, signal })).destroy();
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

async function openSession(endpoint: Endpoint): Promise<[Connection, string]> {
  const connection = await openConnection(endpoint, {
    applicationName: "pgdyno-doctor",
    purpose: "watch",
    timeoutMs: TIMEOUT_MS,
  });
  const tls = connection.encrypted ? `with TLS, ${verifiedBy(endpoint)}` : "without TLS";
  return [connection, `${endpoint.user} in ${endpoint.database}, ${tls}`];
}

function verifiedBy({ sslMode, sslRootCert }: Endpoint): string {
  if (sslMode === "verify-full") return "the server's certificate and name are verified";
  if (sslRootCert !== null || sslMode === "verify-ca") {
    return "the server's certificate is verified, its name is not";
  }
  return "the server's certificate is not verified";
}

async function readVersion(connection: Connection): Promise<[true, string]> {
  const [row] = await connection.query<{ version: string; number: number }>(
    "select version(), current_setting('server_version_num')::int as number",
  );
  if (row === undefined || row.number < 130_000) throw new Error(row?.version ?? "no answer");
  return [true, row.version];
}

/** What a run would miss or refuse. One can connect without all of it. */
async function checkUse(connection: Connection): Promise<CheckResult[]> {
  const content = await readContent(connection);
  const isMarked = content.marker !== null;
  const isOurs = isMarked || content.relationCount === 0;
  const lacks = await readMissingPrivileges(connection);
  const look = await lookAtServer(connection, {
    isMarked,
    clock: systemClock(),
    signal: AbortSignal.timeout(LOOK_TIMEOUT_MS),
  });
  const signs = findProductionSigns(look);
  return [
    tell(
      "statistics",
      lacks.length === 0,
      lacks.join(" ") || "the role may read them all",
      "As a superuser: `grant pg_monitor to ROLE`.",
    ),
    tell(
      "database",
      isOurs,
      isMarked
        ? `${content.database} bears pgdyno's marker`
        : `${content.database} holds ${content.relationCount} tables${isOurs ? ", so a run may mark it as its own" : " and no marker of pgdyno: a run will not touch it"}`,
      "Create an empty one: `create database pgdyno owner ROLE`.",
    ),
    tell(
      "production",
      signs.length === 0,
      signs.join("; ") || "no signs of it",
      "A run stops here unless the experiment says `production: i-know`.",
    ),
  ];
}

function tell(title: string, isFine: boolean, found: string, remedy: string): CheckResult {
  const status = isFine ? "ok" : "mind";
  return { title, status, found, remedy: isFine ? null : remedy, required: false };
}
