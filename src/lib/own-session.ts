/**
 * How a session of pgdyno's own that puts no load on protects itself: from what a server's owner set
 * for the role, the database or everybody, and the owner from it. This is the one place that decides it.
 *
 * A session is set up only where it surely is ours: the process that answers is the one that took the
 * connection. Behind a connection pooler it is not, and nothing may be left there. Then each question
 * brings its settings along, local to its own transaction.
 */

/**
 * `watch`: reads catalogs and statistics on somebody's server; writes nothing, and finds nothing but
 * PostgreSQL's own objects by their bare names. `work`: everything else; it sees tables as its role does.
 */
export type SessionPurpose = "watch" | "work";

/** What a session is for, and how long it may hold others up. */
export interface OwnSession {
  readonly purpose: SessionPurpose;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  /** 0 switches it off, as in the server; so do the others. */
  readonly statementTimeoutMs: number;
  readonly lockTimeoutMs: number;
  readonly idleInTransactionTimeoutMs: number;
}

/** What the server answers to the opening of a session. */
export interface Opened {
  /** `pg_backend_pid()`. */
  readonly processId: number;
  /** False behind a pooler: the process is not the one that took the connection. */
  readonly isOurs: boolean;
  /** Of the settings that a session wants, those that this server has and lets the role set. */
  readonly settings: readonly string[];
}

/** What decides how values are read and written, and what would end the session or its statements. */
const ALWAYS = {
  idle_session_timeout: "0",
  transaction_timeout: "0",
  default_transaction_isolation: "read committed",
  default_transaction_deferrable: "off",
  row_security: "on",
  exit_on_error: "off",
  standard_conforming_strings: "on",
  transform_null_equals: "off",
  array_nulls: "on",
  quote_all_identifiers: "off",
  client_min_messages: "warning",
  datestyle: "ISO",
  intervalstyle: "postgres",
  timezone: "UTC",
  bytea_output: "hex",
  extra_float_digits: "1",
} as const;

/** What decides which objects a name finds, and what a question costs. */
const WATCHING = {
  search_path: "pg_catalog, pg_temp",
  default_transaction_read_only: "on",
  jit: "off",
  max_parallel_workers_per_gather: "0",
  plan_cache_mode: "auto",
  stats_fetch_consistency: "cache",
  // PostgreSQL's default: with less, a sort of statements would go to disk and count as the load's.
  work_mem: "4MB",
  debug_print_parse: "off",
  debug_print_rewritten: "off",
  debug_print_plan: "off",
  // Messages are the same everywhere, where the role may choose.
  lc_messages: "C",
} as const;

/**
 * What would have the server write each question to its log. Only a superuser, and a role that was granted
 * the parameter, can switch it off for its own session.
 */
export const QUIET: Readonly<Record<string, string>> = {
  log_statement: "none",
  log_duration: "off",
  log_min_duration_statement: "-1",
  log_min_duration_sample: "-1",
  log_transaction_sample_rate: "0",
  log_parser_stats: "off",
  log_planner_stats: "off",
  log_executor_stats: "off",
  log_statement_stats: "off",
  "auto_explain.log_min_duration": "-1",
};

/** `pg_settings.name` is in lower case for all but a few; names are compared in lower case. */
function settingsOf(session: OwnSession): Readonly<Record<string, string>> {
  return {
    ...ALWAYS,
    ...(session.purpose === "watch" ? { ...WATCHING, ...QUIET } : {}),
    application_name: session.applicationName,
    statement_timeout: String(session.statementTimeoutMs),
    lock_timeout: String(session.lockTimeoutMs),
    idle_in_transaction_session_timeout: String(session.idleInTransactionTimeoutMs),
  };
}

/** `has_parameter_privilege` came with 15, `transaction_timeout` with 17. */
const PARAMETER_PRIVILEGE_SINCE = 15;
const TRANSACTION_TIMEOUT_SINCE = 17;

/**
 * Statements to be sent as one message, hence one transaction, when a connection was opened: they tell
 * whether the session is ours, and set it up if it is. In another's session `application_name`, which a
 * pooler carried over, is set back.
 *
 * `processId` is that of `BackendKeyData`, `parameters` what the server reported of itself.
 */
export function openingStatements(
  session: OwnSession,
  {
    processId,
    parameters,
  }: { readonly processId: number; readonly parameters: ReadonlyMap<string, string> },
): readonly string[] {
  const major = Number.parseInt(parameters.get("server_version") ?? "", 10);
  const wanted = Object.entries(settingsOf(session)).map(
    ([name, value]) => `(${literal(name)}, ${literal(value)})`,
  );
  const granted =
    major >= PARAMETER_PRIVILEGE_SINCE ? " or has_parameter_privilege(s.name, 'SET')" : "";
  const isOurs = `pg_backend_pid() = ${Math.trunc(processId)}`;
  return [
    ...firstWords(session, major >= TRANSACTION_TIMEOUT_SINCE),
    CATALOGS_FIRST,
    `select lower(s.name) as name, pg_backend_pid() as pid, ${isOurs} as "isOurs",
            case when ${isOurs} then set_config(s.name, wanted.value, false) end
       from (values ${wanted.join(", ")}) as wanted(name, value)
       join pg_settings as s on lower(s.name) = wanted.name
      where s.context = 'user'
         or s.context = 'superuser'
            and (current_setting('is_superuser') = 'on'${granted})`,
    `select set_config(name, reset_val, false) from pg_settings
      where name = 'application_name' and not ${isOurs}`,
  ];
}

/** Reads the answer to `openingStatements` but for its last statement's. */
export function readOpened(
  rows: readonly { readonly name: string; readonly pid: number; readonly isOurs: boolean }[],
): Opened {
  const [first] = rows;
  return {
    processId: first?.pid ?? 0,
    isOurs: first?.isOurs === true,
    settings: rows.map(({ name }) => name),
  };
}

/** Statements to be sent before a question, in one message with it, in a session that is not ours. */
export function statementsBefore(
  session: OwnSession,
  { settings }: Pick<Opened, "settings">,
): readonly string[] {
  const known = Object.entries(settingsOf(session)).filter(([name]) => settings.includes(name));
  const set = known.map(
    ([name, value]) => `pg_catalog.set_config(${literal(name)}, ${literal(value)}, true)`,
  );
  const [first, ...others] = firstWords(session, settings.includes("transaction_timeout"));
  // Whoever sees the session must know who asks: its name is the pooler's.
  return [`/* ${session.applicationName} */ ${first}`, ...others, `select ${set.join(", ")}`];
}

const CATALOGS_FIRST = "set local search_path = pg_catalog, pg_temp";

/**
 * What must hold before any query: a standby refuses those of a serializable transaction. `set` and not
 * `set_config`, which an owner's `search_path` could lead to a function of the same name.
 */
function firstWords(
  { purpose, statementTimeoutMs }: OwnSession,
  hasTransactionTimeout: boolean,
): readonly [string, ...(readonly string[])] {
  return [
    `set transaction isolation level read committed${purpose === "watch" ? ", read only" : ""}`,
    ...(hasTransactionTimeout ? ["set local transaction_timeout = 0"] : []),
    "set local jit = off",
    `set local statement_timeout = ${Math.trunc(statementTimeoutMs)}`,
  ];
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
