import { Client } from "pg";
import type { Endpoint } from "../../../src/lib/endpoint.ts";

type Query = (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;

/** A client that is nothing of pgdyno's: it sets nothing and knows nothing. */
export async function asApplication<T>(
  { hosts, user, database, password }: Endpoint,
  work: (query: Query) => Promise<T>,
): Promise<T> {
  const client = new Client({ ...hosts[0]!, user, database, password: password!.reveal() });
  client.on("error", () => undefined); // The pending query rejects with the same error.
  try {
    await client.connect();
    return await work(async (sql) => (await client.query(sql)).rows as Record<string, unknown>[]);
  } finally {
    await client.end().catch(() => undefined); // Never connected.
  }
}

/** A connection string without the password. */
export function dsnOf({ hosts, user, database }: Endpoint): string {
  const { host, port } = hosts[0]!;
  return `postgresql://${user}@${host}:${port}/${database}`;
}

/** What clients find who are served at once by all server connections of a pool of that size. */
export async function serverConnections(
  pooled: Endpoint,
  poolSize: number,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  let arrived = 0;
  let allAreHere = () => {};
  const together = new Promise<void>((resolve) => (allAreHere = resolve));
  const clients = await Promise.all(
    Array.from({ length: poolSize }, () =>
      asApplication(pooled, async (query) => {
        arrived += 1;
        if (arrived === poolSize) allAreHere();
        await together;
        const [row] = await query(LEFT_BEHIND);
        return row!;
      }),
    ),
  );
  const pids = new Set(clients.map(({ pid }) => pid));
  if (pids.size !== poolSize) throw new Error("A server connection served two of them.");
  const isLeft = ([name]: readonly [string, unknown]) => name !== "pid" && name !== "slept";
  return clients.map((row) => Object.fromEntries(Object.entries(row).filter(isLeft)));
}

const SETTINGS = [
  "statement_timeout",
  "lock_timeout",
  "idle_in_transaction_session_timeout",
  "application_name",
  "jit",
  "enable_indexscan",
  "enable_seqscan",
  "search_path",
  "timezone",
];

const LEFT_BEHIND = `
  select pg_backend_pid() as pid, pg_sleep(1) as slept,
         ${SETTINGS.map((name) => `current_setting('${name}') as "${name}"`).join(", ")},
         (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()) as advisory_locks,
         (select count(*) from pg_prepared_statements) as prepared_statements,
         (select count(*) from pg_class where relpersistence = 't') as temporary_tables`;
