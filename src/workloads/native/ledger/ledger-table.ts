/** The table behind the ledger: made before a load, read after it. */
import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import {
  formatLedgerServer,
  LEDGER_FINAL_COLUMNS,
  LEDGER_FINAL_HEAD,
  type LedgerServer,
} from "../../../contracts/ledger.ts";
import { describeEndpoint, type Endpoint } from "../../../lib/endpoint.ts";
import { DynoError, messageOf } from "../../../lib/errors.ts";
import { connectAny } from "../load/connect-any.ts";
import type { Connection } from "../wire/connection.ts";
import { ControlSession } from "../wire/control-session.ts";
import { LEDGER_TABLE, SERVER_START } from "./ledger-script.ts";

/** Says whose table it is: one of the same name without it is somebody else's, and stays. */
const COMMENT = "pgdyno: ledger of acknowledged writes";
const CONNECT_TIMEOUT_MS = 5000;
/** Making a table waits for a synchronous standby; one that is gone must not hold us for ever. */
const CREATE_TIMEOUT_MS = 60_000;
/** How long the service may take to come back before the final read is given up. */
const PATIENCE_MS = 120_000;
const RETRY_MS = 500;
/** The final read sorts the whole table. */
const READ_TIMEOUT_MS = 600_000;

/**
 * Makes an empty ledger table, in place of that of an earlier trial.
 *
 * @throws {DynoError} TARGET_UNREACHABLE; USAGE where a table of that name is not pgdyno's.
 */
export async function createLedgerTable(endpoint: Endpoint, signal: AbortSignal): Promise<void> {
  await withSession(endpoint, CREATE_TIMEOUT_MS, signal, async (session) => {
    const [row] = await session.query(
      `select coalesce(obj_description(c, 'pg_class'), '') from to_regclass('${LEDGER_TABLE}') as c where c is not null`,
    );
    if (row !== undefined && row[0] !== COMMENT) {
      throw new DynoError("USAGE", {
        message: `The database holds a table \`${LEDGER_TABLE}\` that pgdyno did not make.`,
        hint: "Use another database, or rename that table.",
      });
    }
    await session.query(
      `begin; drop table if exists ${LEDGER_TABLE};
       create table ${LEDGER_TABLE} (client int not null, seq bigint not null, payload text not null, primary key (client, seq));
       comment on table ${LEDGER_TABLE} is '${COMMENT}'; commit`,
    );
  });
}

/**
 * Writes down what the table holds: unbroken stretches of numbers per client, read from the heap of
 * the server that takes writes. Waits for the service to come back.
 *
 * @throws {DynoError} TARGET_UNREACHABLE; the signal's reason.
 */
export async function writeFinalRead(
  endpoint: Endpoint,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const giveUpMs = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await withSession(endpoint, READ_TIMEOUT_MS, signal, (session) =>
        readInto(session, file),
      );
    } catch (error) {
      signal.throwIfAborted();
      if (performance.now() > giveUpMs) throw error;
      await sleep(RETRY_MS, undefined, { signal });
    }
  }
}

async function readInto(session: ControlSession, file: string): Promise<void> {
  const server = await identifyServer(session);
  // A damaged index must not decide what is there: the heap is read.
  const stretches = await session.query(
    `set local enable_indexscan = off; set local enable_bitmapscan = off;
     set local enable_indexonlyscan = off; set local statement_timeout = 0;
     select client, min(seq), max(seq), count(*)
       from (select client, seq, seq - dense_rank() over (partition by client order by seq) as stretch
               from ${LEDGER_TABLE}) as numbered
      group by client, stretch order by client, min(seq)`,
  );
  const [indexed] = await session.query(
    `set local enable_seqscan = off; set local statement_timeout = 0;
     select count(*) from ${LEDGER_TABLE} where client > -2147483648`,
  );
  const lines = [
    LEDGER_FINAL_HEAD,
    LEDGER_FINAL_COLUMNS,
    formatLedgerServer(0, server).trimEnd(),
    `I${indexed?.[0] ?? ""}`,
    ...stretches.map((stretch) => stretch.join(",")),
    `E${stretches.length}`,
  ];
  await writeFile(file, `${lines.join("\n")}\n`, { flush: true });
}

/** Which life of which server a connection leads to. */
export async function identifyServer(session: ControlSession): Promise<LedgerServer> {
  const [row] = await session.query(
    `select ${SERVER_START}, pg_catalog.host(pg_catalog.inet_server_addr()), pg_catalog.inet_server_port(),
            pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn())`,
  );
  const [start, address, port, walFile] = row ?? [];
  return {
    start: start ?? "",
    address: address ?? null,
    port: port === null || port === undefined ? null : Number(port),
    timeline:
      walFile === null || walFile === undefined ? null : Number.parseInt(walFile.slice(0, 8), 16),
  };
}

/** A session on the server that takes writes, closed after `work`. @throws {DynoError} TARGET_UNREACHABLE */
export async function withSession<T>(
  endpoint: Endpoint,
  timeoutMs: number,
  signal: AbortSignal,
  work: (session: ControlSession) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const session = new ControlSession(await open(endpoint));
  const onAbort = (): void => session.abort("aborted");
  signal.addEventListener("abort", onAbort, { once: true });
  const timer = setTimeout(() => session.abort(`no answer within ${timeoutMs} ms`), timeoutMs);
  try {
    await session.protect();
    return await work(session);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    session.close();
  }
}

async function open(endpoint: Endpoint): Promise<Connection> {
  const plan = { endpoint, connectTimeoutMs: CONNECT_TIMEOUT_MS };
  try {
    return await connectAny({ ...plan, sessionAttributes: "read-write" });
  } catch (error) {
    const where = describeEndpoint(endpoint);
    const because = messageOf(error);
    throw new DynoError("TARGET_UNREACHABLE", { where, because }, { cause: error });
  }
}
