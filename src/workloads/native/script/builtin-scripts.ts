import { WAL_MESSAGE_TABLE } from "../wal-message-table.ts";

/** Scripts that are there without a file. */
export type BuiltinScript = keyof typeof PGBENCH_SCRIPTS | keyof typeof OWN_SCRIPTS;

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

/**
 * pgbench's, as `pgbench --show-script=<name>` prints them.
 *
 * @see https://www.postgresql.org/docs/current/pgbench.html#TRANSACTIONS-AND-SCRIPTS
 */
export const PGBENCH_SCRIPTS = {
  "tpcb-like": `${DRAWS}BEGIN;
${UPDATE_ACCOUNT}${SELECT}UPDATE pgbench_tellers SET tbalance = tbalance + :delta WHERE tid = :tid;
UPDATE pgbench_branches SET bbalance = bbalance + :delta WHERE bid = :bid;
${INSERT}END;
`,
  "simple-update": `${DRAWS}BEGIN;
${UPDATE_ACCOUNT}${SELECT}${INSERT}END;
`,
  "select-only": `${ACCOUNT}${SELECT}`,
};

/** pgdyno's own: loads that stand for one thing alone. */
const OWN_SCRIPTS = {
  // Not transactional: no transaction id, so that nothing is frozen, locked or waited for.
  "wal-message": `SELECT pg_logical_emit_message(false, 'pgdyno', payload) FROM ${WAL_MESSAGE_TABLE};\n`,
  "select-one": "SELECT 1;\n",
};

/** All of them, by name. */
export const BUILTIN_SCRIPTS: Readonly<Record<BuiltinScript, string>> = {
  ...PGBENCH_SCRIPTS,
  ...OWN_SCRIPTS,
};
