import { describeEndpoint, isOnThisMachine, type Endpoint } from "./endpoint.ts";
import { DynoError } from "./errors.ts";
import { openConnection, type Connection } from "./pg-connection.ts";

/** What a connection pooler does, as far as it shows from this side. */
export interface Pooler {
  /**
   * `session`: a server connection is one client's until it goes. `shared`: it may be another's after each
   * transaction or statement. `unknown`: a second client got no answer, so that the pool is used up.
   */
  readonly mode: "session" | "shared" | "unknown";
  /** Where the server behind it listens, as a connection string without a password. */
  readonly direct: string;
}

const OPTIONS = { applicationName: "pgdyno-pooler", purpose: "watch", timeoutMs: 2000 } as const;
/** In a busy pool the first rounds may look like sessions of one's own. */
const ROUNDS = 8;
const PID = "select pg_backend_pid() as pid";

/**
 * Looks at the pooler that a connection leads to; `null` where it leads to the server itself.
 *
 * Two clients take turns: where both are served by one process, or one of them by two, server connections
 * are shared.
 */
export async function lookAtPooler(
  endpoint: Endpoint,
  connection: Connection,
): Promise<Pooler | null> {
  if (!connection.isPooled) return null;
  const direct = await directAddress(endpoint, connection);
  const hosts = [connection.host];
  const second = await openConnection({ ...endpoint, hosts }, OPTIONS).catch(() => null);
  if (second === null) return { mode: "unknown", direct };
  try {
    return { mode: await compare(connection, second), direct };
  } finally {
    await second.close();
  }
}

async function compare(a: Connection, b: Connection): Promise<"session" | "shared"> {
  const seen = [new Set<number>(), new Set<number>()] as const;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, { query }] of [a, b].entries()) {
      const [row] = await query<{ pid: number }>(PID);
      seen[index as 0 | 1].add(row!.pid);
    }
  }
  return new Set([...seen[0], ...seen[1]]).size === 2 && seen[0].size === 1 && seen[1].size === 1
    ? "session"
    : "shared";
}

async function directAddress(endpoint: Endpoint, { host, query }: Connection): Promise<string> {
  const [row] = await query<{ host: string | null; port: number; database: string }>(
    `select host(inet_server_addr()) as host, current_database() as database,
            coalesce(inet_server_port(), current_setting('port')::int) as port`,
  );
  const { host: found, port, database } = row!;
  // By a socket or a loopback address, it is on the pooler's own machine.
  const name = found === null || isOnThisMachine({ host: found }) ? host.host : found;
  const place = name.includes(":") ? `[${name}]` : encodeURIComponent(name);
  return `postgresql://${encodeURIComponent(endpoint.user)}@${place}:${port}/${encodeURIComponent(database)}`;
}

/**
 * Whoever watches must have sessions of its own; `nameIt` says where the direct connection is to be named.
 *
 * @throws {DynoError} POOLER_BETWEEN unless the connection leads to the server, or to a pooler in
 * session mode.
 */
export async function refuseSharedSessions(
  endpoint: Endpoint,
  connection: Connection,
  nameIt: string,
): Promise<Pooler | null> {
  const pooler = await lookAtPooler(endpoint, connection);
  if (pooler === null || pooler.mode === "session") return pooler;
  const because =
    pooler.mode === "shared"
      ? "that may run each transaction on another server connection"
      : "whose server connections are used up, so that its mode cannot be told";
  const facts = { where: describeEndpoint(endpoint), because, nameIt, direct: pooler.direct };
  throw new DynoError("POOLER_BETWEEN", facts);
}

/** What whoever watches through a pooler in session mode must know. */
export function tellSessionPooler(where: string, { direct }: Pooler): string {
  return `${where} leads to a connection pooler in session mode: watching holds one of its server connections until it ends. Connect to the server itself instead, where you can: ${direct}`;
}
