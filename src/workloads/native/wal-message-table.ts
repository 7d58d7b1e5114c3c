/** What `wal-message` writes, kept in the database so that no client has to send it again and again. */
import type { Endpoint } from "../../lib/endpoint.ts";
import { withSession } from "./ledger/ledger-table.ts";

/** One row with `WAL_MESSAGE_BYTES` of random bytes. */
export const WAL_MESSAGE_TABLE = "pgdyno_wal_message";
/** More than the 32 kB that gzip looks back, so that the same message again does not compress either. */
const WAL_MESSAGE_BYTES = 64 * 1024;
const CREATE_TIMEOUT_MS = 60_000;
const MD5_BYTES = 16;

/** Makes the table unless it is there. @throws {DynoError} TARGET_UNREACHABLE */
export async function createWalMessageTable(
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<void> {
  await withSession(endpoint, CREATE_TIMEOUT_MS, signal, async (session) => {
    const [row] = await session.query(`select to_regclass('${WAL_MESSAGE_TABLE}')`);
    if (row?.[0] !== null && row?.[0] !== undefined && row[0] !== "") return;
    await session.query(
      `begin; create table ${WAL_MESSAGE_TABLE} (payload bytea not null);
       alter table ${WAL_MESSAGE_TABLE} alter payload set storage external;
       insert into ${WAL_MESSAGE_TABLE}
         select decode(string_agg(md5(random()::text || i), ''), 'hex')
           from generate_series(1, ${WAL_MESSAGE_BYTES / MD5_BYTES}) i; commit`,
    );
  });
}
