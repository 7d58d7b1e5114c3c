import { WAL_MESSAGE_TABLE } from "../wal-message-table.ts";

/**
 * pgbench's built-in scripts, as `pgbench --show-script=<name>` prints them.
 *
 * Source: https://www.postgresql.org/docs/current/pgbench.html#TRANSACTIONS-AND-SCRIPTS.
 * The last two are pgdyno's own.
 */
export type BuiltinScript =
  | "tpcb-like"
  | "simple-update"
  | "select-only"
  | "wal-message"
  | "select-one";

const ACCOUNT = String.raw`\set aid random(1, 100000 * :scale)
`;
const DRAWS = String.raw`${ACCOUNT}\set bid random(1, 1 * :scale)
\set tid random(1, 10 * :scale)
\set delta random(-5000, 5000)
`;
const SELECT = `SELECT abalance FROM pgbench_accounts WHERE aid = :aid;
`;
const UPDATE_ACCOUNT = `UPDATE pgbench_accounts SET abalance = abalance + :delta WHERE aid = :aid;
`;
const INSERT =
  "INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (:tid, :bid, :aid, :delta, CURRENT_TIMESTAMP);\n";

export const BUILTIN_SCRIPTS: Readonly<Record<BuiltinScript, string>> = {
  "tpcb-like": `${DRAWS}BEGIN;
${UPDATE_ACCOUNT}${SELECT}UPDATE pgbench_tellers SET tbalance = tbalance + :delta WHERE tid = :tid;
UPDATE pgbench_branches SET bbalance = bbalance + :delta WHERE bid = :bid;
${INSERT}END;
`,
  "simple-update": `${DRAWS}BEGIN;
${UPDATE_ACCOUNT}${SELECT}${INSERT}END;
`,
  "select-only": `${ACCOUNT}${SELECT}`,
  // Not transactional: no transaction id, so that nothing is frozen, locked or waited for.
  "wal-message": `SELECT pg_logical_emit_message(false, 'pgdyno', payload) FROM ${WAL_MESSAGE_TABLE};\n`,
  "select-one": "SELECT 1;\n",
};
