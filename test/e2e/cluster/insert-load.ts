import { Client } from "pg";
import type { Endpoint } from "../../../src/lib/endpoint.ts";

/** What clients know of their writes: the yardstick that no server's answer is. */
export interface InsertLoad {
  /** Acknowledged writes as `client:sequence`, with the instants of their acknowledgements. */
  readonly acknowledged: ReadonlyMap<string, { readonly atMs: number; readonly port: number }>;
  readonly unknown: ReadonlySet<string>;
  stop(): Promise<void>;
  /** Resolves with the instant of the first write that was acknowledged after `sinceMs`. */
  acknowledgedAfter(sinceMs: number): Promise<number>;
}

const RETRY_MS = 5;
const CONNECT_MS = 1000;

/** One row, one transaction, each client the next number: as METHOD's ledger, with the `pg` library. */
export async function startInsertLoad(
  endpoint: Endpoint,
  clients: number,
  now: () => number,
): Promise<InsertLoad> {
  const acknowledged = new Map<string, { atMs: number; port: number }>();
  const unknown = new Set<string>();
  const waiting = new Set<() => void>();
  const stopping = new AbortController();
  await untilWritable(endpoint, (client) =>
    client.query(
      "create table ledger (client int, seq bigint, payload text, primary key (client, seq))",
    ),
  );
  const work = async (number: number) => {
    let seq = 0;
    while (!stopping.signal.aborted) {
      const open = await connectToPrimary(endpoint).catch(() => null);
      if (open === null) {
        await pause(RETRY_MS);
        continue;
      }
      const { client, port } = open;
      try {
        while (!stopping.signal.aborted) {
          seq += 1;
          const key = `${number}:${seq}`;
          unknown.add(key);
          await client.query({
            name: "insert",
            text: "insert into ledger values ($1, $2, 'x')",
            values: [number, seq],
          });
          unknown.delete(key);
          acknowledged.set(key, { atMs: now(), port });
          for (const look of waiting) look();
        }
      } catch {
        // The write stays unknown; the next one gets a new number.
      } finally {
        client.end().catch(() => undefined);
      }
    }
  };
  const working = Array.from({ length: clients }, (_, index) => work(index));
  return {
    acknowledged,
    unknown,
    async stop() {
      stopping.abort();
      await Promise.all(working);
    },
    acknowledgedAfter(sinceMs) {
      return new Promise((resolve) => {
        const look = () => {
          const last = [...acknowledged.values()].at(-1);
          if (last === undefined || last.atMs <= sinceMs) return;
          waiting.delete(look);
          resolve(last.atMs);
        };
        waiting.add(look);
      });
    },
  };
}

/** Rows of the ledger as `client:sequence`. */
export async function readLedger(endpoint: Endpoint): Promise<ReadonlySet<string>> {
  const rows = await untilWritable(endpoint, async (client) => {
    const result = await client.query<{ key: string }>(
      "select client || ':' || seq as key from ledger",
    );
    return result.rows;
  });
  return new Set(rows.map(({ key }) => key));
}

async function untilWritable<T>(
  endpoint: Endpoint,
  ask: (client: Client) => Promise<T>,
): Promise<T> {
  for (;;) {
    const open = await connectToPrimary(endpoint).catch(() => null);
    if (open === null) {
      await pause(RETRY_MS);
      continue;
    }
    try {
      return await ask(open.client);
    } finally {
      await open.client.end();
    }
  }
}

/** The first host that is not in recovery, as `target_session_attrs=read-write` finds it. */
async function connectToPrimary({ hosts, user, database, password }: Endpoint) {
  for (const { host, port } of hosts) {
    const client = new Client({
      host,
      port,
      user,
      database,
      password: password!.reveal(),
      connectionTimeoutMillis: CONNECT_MS,
    });
    client.on("error", () => undefined); // The query that runs is rejected with the same.
    try {
      await client.connect();
      const { rows } = await client.query<{ standby: boolean }>(
        "select pg_is_in_recovery() as standby",
      );
      if (rows[0]?.standby === false) return { client, port };
    } catch {
      // Down, or not yet up: the next one.
    }
    await client.end().catch(() => undefined);
  }
  throw new Error("no primary");
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
