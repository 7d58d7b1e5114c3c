import { defineSqlProbe, type SqlProbeDefinition } from "../contracts/probe.ts";

const counter = (unit: "count" | "ms" | "bytes", doc: string) =>
  ({ unit, kind: "counter", doc }) as const;

const BASE = {
  commits: ["xact_commit", "Transactions committed; connection start-ups and the observer's too."],
  rollbacks: ["xact_rollback", "Transactions rolled back."],
  blocksRead: ["blks_read", "Blocks asked from the operating system; its cache may serve them."],
  blocksHit: ["blks_hit", "Blocks found in shared buffers."],
  tempFiles: ["temp_files", "Temporary files written by queries."],
  deadlocks: ["deadlocks", "Deadlocks found."],
  conflicts: ["conflicts", "Queries cancelled by recovery (standby only)."],
  rowsReturned: ["tup_returned", "Live rows fetched by sequential scans, and index entries."],
  rowsFetched: ["tup_fetched", "Live rows fetched by index scans."],
  rowsInserted: ["tup_inserted", "Rows inserted."],
  rowsUpdated: ["tup_updated", "Rows updated."],
  rowsDeleted: ["tup_deleted", "Rows deleted."],
} as const;

const SESSIONS = {
  sessions: ["sessions", "Sessions begun; many per transaction are connection churn."],
  sessionsAbandoned: ["sessions_abandoned", "Sessions lost since the client went away."],
  sessionsFatal: ["sessions_fatal", "Sessions ended by a fatal error."],
  sessionsKilled: ["sessions_killed", "Sessions ended by an operator."],
} as const;

const SESSION_TIMES = {
  sessionMs: ["session_time", "Time of all sessions."],
  activeMs: ["active_time", "Time spent running statements."],
  idleInTransactionMs: ["idle_in_transaction_time", "Time spent idle inside a transaction."],
} as const;

/** Totals over all databases and the shared catalogs, as `all…`. */
const TOTALS = {
  allCommits: ["xact_commit", "commits"],
  allRollbacks: ["xact_rollback", "rollbacks"],
  allBlocksRead: ["blks_read", "blocksRead"],
  allBlocksHit: ["blks_hit", "blocksHit"],
  allDeadlocks: ["deadlocks", "deadlocks"],
  allConflicts: ["conflicts", "conflicts"],
} as const;

type Names = Readonly<Record<string, readonly [string, string]>>;

const here = (column: string) => `max(${column}) filter (where datname = current_database())`;
/** Zero means "not timed" while `track_io_timing` is off, so it reads as no answer. */
const timed = (column: string) =>
  `case when current_setting('track_io_timing')::boolean then ${here(column)} end`;
const list = (names: Names) =>
  Object.entries(names).map(([name, [column]]) => `${here(column)} as "${name}"`);
const sums = (names: Names) =>
  Object.entries(names).map(([name, [column]]) => `sum(${column}) as "${name}"`);
const counters = (names: Names, unit: "count" | "ms", note = "") =>
  Object.fromEntries(Object.entries(names).map(([k, [, doc]]) => [k, counter(unit, doc + note)]));

const core = [
  ...list(BASE),
  `${here("temp_bytes")} as "tempBytes"`,
  `${timed("blk_read_time")} as "blockReadMs"`,
  `${timed("blk_write_time")} as "blockWriteMs"`,
  `${here("checksum_failures")} as "checksumFailures"`,
  `${here("numbackends")} as "backends"`,
  ...sums(TOTALS),
  `sum(temp_bytes) as "allTempBytes"`,
];
const withSessions = [
  ...core,
  ...list(SESSIONS),
  ...list(SESSION_TIMES),
  `sum(sessions) as "allSessions"`,
];
const from = "from pg_stat_database";
const BEFORE_14 = " Null before PostgreSQL 14.";

const variants: SqlProbeDefinition["variants"] = [
  {
    requires: { pg_stat_database: ["sessions", "session_time", "checksum_failures"] },
    sql: `select ${withSessions.join(",\n       ")}\n  ${from}`,
  },
  {
    requires: { pg_stat_database: ["xact_commit", "checksum_failures"] },
    sql: `select ${core.join(",\n       ")}\n  ${from}`,
  },
];

/** Counters of the database under test, and their totals over the whole server. */
export const pgDatabase = defineSqlProbe({
  id: "pg-database",
  summary: "Transactions, blocks, rows, temporary files and sessions of the database under test.",
  source:
    "https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-DATABASE-VIEW",
  series: {
    ...counters(BASE, "count"),
    tempBytes: counter("bytes", "Written to temporary files."),
    blockReadMs: counter("ms", "Time spent reading blocks. Null while track_io_timing is off."),
    blockWriteMs: counter("ms", "Time spent writing blocks. Null while track_io_timing is off."),
    checksumFailures: counter("count", "Damaged pages seen. Null without data checksums."),
    backends: { unit: "count", kind: "gauge", doc: "Sessions in this database, all kinds." },
    ...counters(SESSIONS, "count", BEFORE_14),
    ...counters(SESSION_TIMES, "ms", BEFORE_14),
    ...Object.fromEntries(
      Object.entries(TOTALS).map(([name, [, of]]) => [
        name,
        counter("count", `${of} of all databases.`),
      ]),
    ),
    allTempBytes: counter("bytes", "tempBytes of all databases."),
    allSessions: counter("count", `sessions of all databases.${BEFORE_14}`),
  },
  variants,
  otherwise: "pg_stat_database lacks the columns that are read.",
});
