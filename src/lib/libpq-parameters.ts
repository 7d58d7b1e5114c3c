/**
 * Every setting that libpq 13 to 18 takes in a connection string or a service, with its environment
 * variable. A test holds the list against what libpq itself lists.
 *
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
 * @see https://www.postgresql.org/docs/current/libpq-envars.html
 */

/** One setting, and whether pgdyno can do as it says. */
export interface LibpqParameter {
  readonly variable?: string;
  /** Its value must never be shown, nor what stands behind it in a string that cannot be read. */
  readonly isSecret?: true;
  /** Why a value cannot be honoured, as a clause; `null` where it can. Without it every value can. */
  readonly refuse?: (value: string) => string | null;
  /** What becomes of it, as a sentence for the user; without it there is nothing to tell. */
  readonly note?: (value: string) => string | null;
}

const NO_GSSAPI = "pgdyno does not support GSSAPI";
const IS_OFF = /^(0|false|no|off)$/i;

const leftOut = (because: string) => () => because;
const systemsOwn = (name: string) =>
  leftOut(
    `\`${name}\` applies to pgbench only; pgdyno's own connections use the operating system's default.`,
  );

/** By name. */
export const LIBPQ_PARAMETERS: Readonly<Record<string, LibpqParameter>> = {
  service: { variable: "PGSERVICE" },
  user: { variable: "PGUSER" },
  password: { variable: "PGPASSWORD", isSecret: true },
  passfile: { variable: "PGPASSFILE" },
  channel_binding: { variable: "PGCHANNELBINDING" },
  connect_timeout: { variable: "PGCONNECT_TIMEOUT" },
  dbname: { variable: "PGDATABASE" },
  host: { variable: "PGHOST" },
  hostaddr: { variable: "PGHOSTADDR" },
  port: { variable: "PGPORT" },
  client_encoding: {
    variable: "PGCLIENTENCODING",
    note: (value) =>
      /^(auto|utf-?8|unicode)$/i.test(value)
        ? null
        : "`client_encoding` is ignored: pgdyno and its scripts use UTF-8.",
  },
  options: { variable: "PGOPTIONS" },
  application_name: {
    variable: "PGAPPNAME",
    note: leftOut(
      "`application_name` is ignored: pgdyno sets its own, to tell its sessions from others.",
    ),
  },
  fallback_application_name: {},
  keepalives: {},
  keepalives_idle: {},
  keepalives_interval: { note: systemsOwn("keepalives_interval") },
  keepalives_count: { note: systemsOwn("keepalives_count") },
  tcp_user_timeout: { note: systemsOwn("tcp_user_timeout") },
  sslmode: { variable: "PGSSLMODE" },
  sslnegotiation: { variable: "PGSSLNEGOTIATION" },
  // Has had no effect since libpq 14.
  sslcompression: { variable: "PGSSLCOMPRESSION" },
  sslcert: { variable: "PGSSLCERT" },
  sslkey: { variable: "PGSSLKEY" },
  sslcertmode: {
    variable: "PGSSLCERTMODE",
    refuse: (value) =>
      value === "require" ? "pgdyno cannot tell whether the server requested a certificate" : null,
  },
  sslpassword: { isSecret: true },
  sslrootcert: { variable: "PGSSLROOTCERT" },
  sslcrl: { variable: "PGSSLCRL" },
  sslcrldir: { variable: "PGSSLCRLDIR" },
  sslsni: { variable: "PGSSLSNI" },
  requirepeer: {
    variable: "PGREQUIREPEER",
    refuse: () => "pgdyno cannot find out which user the server process runs as",
  },
  require_auth: {
    variable: "PGREQUIREAUTH",
    refuse: (value) =>
      /(^|,)\s*(gss|sspi|oauth)\b/.test(value) && !/scram|md5|password|none/.test(value)
        ? "pgdyno supports neither GSSAPI, SSPI nor OAuth"
        : null,
  },
  min_protocol_version: {
    variable: "PGMINPROTOCOLVERSION",
    refuse: (value) => (value === "3.0" ? null : "pgdyno uses protocol version 3.0"),
  },
  max_protocol_version: { variable: "PGMAXPROTOCOLVERSION" },
  ssl_min_protocol_version: { variable: "PGSSLMINPROTOCOLVERSION" },
  ssl_max_protocol_version: { variable: "PGSSLMAXPROTOCOLVERSION" },
  gssencmode: {
    variable: "PGGSSENCMODE",
    refuse: (value) => (value === "require" ? NO_GSSAPI : null),
  },
  // Of use only where a server asks for GSSAPI, which is then said.
  krbsrvname: { variable: "PGKRBSRVNAME" },
  gsslib: { variable: "PGGSSLIB" },
  gssdelegation: { variable: "PGGSSDELEGATION" },
  replication: {
    refuse: (value) =>
      IS_OFF.test(value) ? null : "a replication connection cannot run queries of a load",
  },
  target_session_attrs: { variable: "PGTARGETSESSIONATTRS" },
  load_balance_hosts: { variable: "PGLOADBALANCEHOSTS" },
  scram_client_key: { isSecret: true, refuse: () => "pgdyno needs the password" },
  scram_server_key: { isSecret: true, refuse: () => "pgdyno needs the password" },
  oauth_issuer: { note: leftOut("`oauth_issuer` is ignored: pgdyno does not support OAuth.") },
  oauth_client_id: {},
  oauth_client_secret: { isSecret: true },
  oauth_scope: {},
  sslkeylogfile: {
    note: leftOut("`sslkeylogfile` is ignored: pgdyno does not write TLS keys to disk."),
  },
};

/** True for a setting that libpq takes. */
export function isLibpqParameter(name: string): boolean {
  return Object.hasOwn(LIBPQ_PARAMETERS, name);
}
