/** The ledger's write as a script in pgbench's language, so that it takes the way of all others. */
import type { LoadScript } from "../load/load-settings.ts";

export const LEDGER_TABLE = "pgdyno_ledger";
/** The name of the script in results. */
export const LEDGER_SCRIPT = "ledger";
/** Variables that the worker sets before each write. */
export const CLIENT_VARIABLE = "pgdyno_ledger_client";
export const SEQ_VARIABLE = "pgdyno_ledger_seq";

/**
 * When the server started, in Unix seconds. With microseconds, and the same in every time zone: it
 * tells one life of a server from the next, also behind a pooler that changes servers unseen.
 */
export const SERVER_START = "pg_catalog.date_part('epoch', pg_catalog.pg_postmaster_start_time())";

/** One row, one transaction; what comes back proves which server took it, and where its WAL was. */
export function ledgerScript(about: {
  readonly payloadBytes: number;
  readonly weight: number;
}): LoadScript {
  return {
    name: LEDGER_SCRIPT,
    weight: about.weight,
    text:
      `INSERT INTO ${LEDGER_TABLE} (client, seq, payload) VALUES ` +
      `(:${CLIENT_VARIABLE}, :${SEQ_VARIABLE}, '${payload(about.payloadBytes)}') ` +
      `RETURNING pg_catalog.pg_current_wal_insert_lsn(), ${SERVER_START};\n`,
  };
}

/** Text that TOAST cannot compress to nothing, always the same: a linear congruential generator. */
function payload(bytes: number): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  let state = 1;
  let text = "";
  for (let i = 0; i < bytes; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    text += alphabet[state >>> 26];
  }
  return text;
}
