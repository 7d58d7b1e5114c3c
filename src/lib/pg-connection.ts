import { createHash } from "node:crypto";
import {
  describeEndpoint,
  sessionAttributesOf,
  type Endpoint,
  type EndpointHost,
} from "./endpoint.ts";
import { DynoError, messageOf } from "./errors.ts";
import { inlineValues } from "./inline-values.ts";
import {
  statementsBefore,
  type Opened,
  type OwnSession,
  type SessionPurpose,
} from "./own-session.ts";
import { followParameters, openSession, sendAll, streamOf } from "./pg-driver.ts";
import { isOutOfSlots, tellNoSlot, type NoSlot } from "./taken-slots.ts";
import { explainPgError, makePgClient } from "./pg-client.ts";
import { tryEachWay, type Way } from "./pg-dial.ts";

/** How a control connection behaves. Never used for load. */
export interface OpenConnectionOptions {
  /** Shown in `pg_stat_activity`; should begin with `pgdyno`. */
  readonly applicationName: string;
  /** What the session is for; `work` unless given. */
  readonly purpose?: SessionPurpose;
  /**
   * How long the client waits for the connection, and then for each answer. It is kept here, since
   * `statement_timeout` does not end a wait for a synchronous standby.
   */
  readonly timeoutMs: number;
  /** `statement_timeout` in the server; by default a little before the client gives up. 0 switches it off. */
  readonly statementTimeoutMs?: number;
  /** By default 500 ms. 0 switches it off. */
  readonly lockTimeoutMs?: number;
  /** Closes the connection, in the middle of a statement too. */
  readonly signal?: AbortSignal;
  /**
   * Has the server keep the plan of each statement that it is asked again, which halves what a probe
   * costs. Behind a pooler nothing is kept.
   */
  readonly keepPlans?: boolean;
}

/** A row as pg gives it: `bigint` and `numeric` as text, timestamps as `Date`. */
type Row = Readonly<Record<string, unknown>>;

/** One session for control and for probes. Also a `MonitorConnection` of the contracts. */
export interface Connection {
  /** `pg_backend_pid()`. */
  readonly processId: number;
  readonly encrypted: boolean;
  /**
   * True where a connection pooler answers questions from sessions that are not ours. Nothing is kept in
   * them: each question is a transaction of its own, so that what cannot run in one is refused.
   */
  readonly isPooled: boolean;
  /** The host that answered, of those that the endpoint lists. */
  readonly host: { readonly host: string; readonly port: number };
  /** False after the server or the network ended it, or after an answer did not come in time. */
  isOpen(): boolean;
  /**
   * Runs one statement outside a transaction, after those that were asked before it. `timeoutMs` replaces
   * the connection's for a slow one (the server's own `statement_timeout` stays).
   * @throws pg's `DatabaseError` with its `code`; an `Error` where no answer came, and then the
   * connection is closed, since the answer could still come.
   */
  query<R extends Row = Row>(
    sql: string,
    values?: readonly unknown[],
    options?: { readonly timeoutMs?: number },
  ): Promise<readonly R[]>;
  /** True where the view, table or function exists and has all these columns. */
  hasColumns(relation: string, columns: readonly string[]): Promise<boolean>;
  /** Safe to call twice; never throws. */
  close(): Promise<void>;
}

/** The server's limit as a share of the client's, so that it is mostly the server that ends a statement. */
const SERVER_SHARE = 0.9;
/** Whoever watches must not queue behind the watched. */
const LOCK_TIMEOUT_MS = 500;
/** A session that sits in a transaction that its client forgot would hold back vacuum. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000;
/** Longest wait for an orderly goodbye before the socket is cut. */
const CLOSE_MS = 1000;

/**
 * Opens a session at the first host that answers and has the part that is wanted: of several, where
 * nothing is said, the primary. Asked again after a failover, it finds the new one: a server that is
 * no primary any more has ended its sessions.
 *
 * @throws {DynoError} CONNECTION_SLOTS_TAKEN where a server runs and has none left; TARGET_UNREACHABLE
 * with the reason of every host.
 */
export async function openConnection(
  endpoint: Endpoint,
  options: OpenConnectionOptions,
): Promise<Connection> {
  const wanted = controlPartOf(endpoint);
  if (wanted !== "prefer-standby") return openFirst(endpoint, wanted, options);
  const standby = openFirst(endpoint, "standby", options);
  return standby.catch(() => openFirst(endpoint, "any", options));
}

/** Which of an endpoint's servers will do for control and for probes. */
type ControlPart = "any" | "primary" | "standby" | "prefer-standby";

/**
 * A role that only watches may be read-only on the primary too, so that it is the server's part that
 * counts, and not what its session may write.
 */
function controlPartOf(endpoint: Endpoint): ControlPart {
  const wanted = sessionAttributesOf(endpoint);
  if (wanted === "read-write") return "primary";
  return wanted === "read-only" ? "standby" : wanted;
}

async function openFirst(
  endpoint: Endpoint,
  wanted: ControlPart,
  options: OpenConnectionOptions,
): Promise<Connection> {
  const failures: string[] = [];
  let cause: unknown;
  let noSlot: NoSlot | null = null;
  for (const host of endpoint.hosts) {
    options.signal?.throwIfAborted();
    try {
      const connection = await connectToHost(endpoint, host, options);
      if (wanted === "any" || (await partOf(connection)) === wanted) return connection;
      await connection.close();
      failures.push(`${host.host}:${host.port} is no ${wanted}`);
    } catch (error) {
      cause = error;
      if (isOutOfSlots(error)) noSlot ??= tellNoSlot(error, host, endpoint);
      failures.push(`${host.host}:${host.port}: ${messageOf(error)}`);
    }
  }
  options.signal?.throwIfAborted();
  const where = describeEndpoint(endpoint);
  if (noSlot !== null)
    throw new DynoError("CONNECTION_SLOTS_TAKEN", { where, ...noSlot }, { cause });
  const facts = { where, because: failures.join("; ") };
  throw new DynoError("TARGET_UNREACHABLE", facts, { cause });
}

/** Opens a session for `work` and closes it after, whatever happens. */
export async function withConnection<T>(
  endpoint: Endpoint,
  options: OpenConnectionOptions,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await openConnection(endpoint, options);
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

async function partOf(connection: Connection): Promise<"primary" | "standby"> {
  try {
    const sql = "select pg_is_in_recovery() as standby";
    const [row] = await connection.query<{ standby: boolean }>(sql);
    return row!.standby ? "standby" : "primary";
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function connectToHost(
  endpoint: Endpoint,
  host: EndpointHost,
  options: OpenConnectionOptions,
): Promise<Connection> {
  return tryEachWay(endpoint, host, (way) => connect(endpoint, host, way, options));
}

async function connect(
  endpoint: Endpoint,
  host: EndpointHost,
  way: Way,
  options: OpenConnectionOptions,
): Promise<Connection> {
  const client = await makePgClient(endpoint, host, {
    way,
    applicationName: options.applicationName,
    timeoutMs: options.timeoutMs,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const session: OwnSession = {
    purpose: options.purpose ?? "work",
    applicationName: options.applicationName,
    statementTimeoutMs: options.statementTimeoutMs ?? Math.ceil(options.timeoutMs * SERVER_SHARE),
    lockTimeoutMs: options.lockTimeoutMs ?? LOCK_TIMEOUT_MS,
    idleInTransactionTimeoutMs: IDLE_IN_TRANSACTION_TIMEOUT_MS,
  };
  const parameters = followParameters(client);
  let opened: Opened | null = null;
  let open = true;
  const cut = () => {
    open = false;
    streamOf(client).destroy();
  };
  // Without a listener a lost connection would end the whole program.
  client.on("error", cut);
  client.on("end", () => (open = false));
  options.signal?.addEventListener("abort", cut, { once: true });
  const forget = () => options.signal?.removeEventListener("abort", cut);

  const within = async <T>(work: Promise<T>, timeoutMs: number): Promise<T> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`no answer within ${timeoutMs} ms`));
        cut();
      }, timeoutMs);
    });
    work.catch(() => undefined); // Seen by whoever awaits the race.
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  };

  const ask = async <R extends Row>(
    sql: string,
    values: readonly unknown[],
    timeoutMs: number,
  ): Promise<readonly R[]> => {
    options.signal?.throwIfAborted();
    if (!open) throw new Error("The connection is closed.");
    if (opened?.isOurs === false) {
      const statements = [...statementsBefore(session, opened), inlineValues(sql, values)];
      return (await within(sendAll(client, statements), timeoutMs)).at(-1)?.rows as R[];
    }
    const name = options.keepPlans === true && values.length === 0 ? nameOf(sql) : undefined;
    const result = await within(
      client.query({ text: sql, values: [...values], ...(name === undefined ? {} : { name }) }),
      timeoutMs,
    );
    return result.rows as R[];
  };

  let last: Promise<unknown> = Promise.resolve();
  const query = <R extends Row>(
    sql: string,
    values: readonly unknown[] = [],
    { timeoutMs = options.timeoutMs }: { readonly timeoutMs?: number } = {},
  ): Promise<readonly R[]> => {
    const answer = last.then(() => ask<R>(sql, values, timeoutMs));
    last = answer.catch(() => undefined); // Seen by whoever asked.
    return answer;
  };

  try {
    await within(client.connect(), options.timeoutMs);
    opened = await within(openSession(client, session, parameters), options.timeoutMs);
    return {
      processId: opened.processId,
      encrypted: way === "tls",
      isPooled: !opened.isOurs,
      host,
      isOpen: () => open,
      query,
      hasColumns: async (relation, columns) =>
        (await query<{ has: boolean }>(HAS_COLUMNS, [relation, columns]))[0]?.has === true,
      async close() {
        forget();
        await within(client.end(), CLOSE_MS).catch(cut);
      },
    };
  } catch (error) {
    forget();
    cut();
    throw explainPgError(error);
  }
}

/** pg refuses a name that stood for another text, so the name follows from the text. */
function nameOf(sql: string): string {
  return createHash("sha1").update(sql).digest("base64url");
}

const HAS_COLUMNS = `
  select $2::text[] <@ coalesce(array_agg(name), '{}') and count(*) > 0 as has
    from (select attname::text as name from pg_attribute
           where attrelid = to_regclass($1) and attnum > 0 and not attisdropped
          union
          select unnest(coalesce(proargnames, '{}') || '{}'::text[]) from pg_proc
           where proname = $1 and pg_function_is_visible(oid)
          union
          select '' from pg_proc where proname = $1 and pg_function_is_visible(oid)) as found`;
