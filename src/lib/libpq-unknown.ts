import { LIBPQ_PARAMETERS } from "./libpq-parameters.ts";
import { findNearMiss } from "./near-miss.ts";

const CLIENTS = "the experiment sets the number of clients";

function asOption(name: string, value: string): string {
  return `\`options=-c${name}%3D${value}\` in a URI, or \`options='-c${name}=${value}'\``;
}

/** What to write in place of a setting that is not libpq's but some library's. */
const OTHERS: Readonly<Record<string, string>> = {
  pgbouncer: "a Prisma parameter: remove it",
  schema: `a Prisma parameter: write ${asOption("search_path", "NAME")}`,
  connection_limit: `a Prisma parameter: remove it; ${CLIENTS}`,
  pool_timeout: "a Prisma parameter: remove it",
  socket_timeout: "a Prisma parameter: remove it",
  statement_cache_size: "a Prisma parameter: remove it",
  sslaccept:
    "a Prisma parameter: `strict` is `sslmode=verify-full`, `accept_invalid_certs` is `sslmode=require`",
  sslidentity: "a Prisma parameter: use `sslcert` and `sslkey`",
  currentschema: `a JDBC parameter: write ${asOption("search_path", "NAME")}`,
  applicationname: "a JDBC parameter: remove it",
  logintimeout: "a JDBC parameter: use `connect_timeout`",
  connecttimeout: "a JDBC parameter: use `connect_timeout`",
  sockettimeout: "a JDBC parameter: remove it",
  tcpkeepalive: "a JDBC parameter: use `keepalives`",
  targetservertype: "a JDBC parameter: use `target_session_attrs`",
  loadbalancehosts: "a JDBC parameter: use `load_balance_hosts=random`",
  sslfactory: "a JDBC parameter: use `sslmode` and `sslrootcert`",
  preparethreshold: "a JDBC parameter: remove it",
  rewritebatchedinserts: "a JDBC parameter: remove it",
  stringtype: "a JDBC parameter: remove it",
  server: "called `host` in libpq",
  hostname: "called `host` in libpq",
  addr: "called `hostaddr` in libpq",
  database: "called `dbname` in libpq",
  db: "called `dbname` in libpq",
  name: "called `dbname` in libpq",
  username: "called `user` in libpq",
  userid: "called `user` in libpq",
  uid: "called `user` in libpq",
  pwd: "called `password` in libpq",
  passwd: "called `password` in libpq",
  pass: "called `password` in libpq",
  adapter: "a Rails parameter: remove it",
  encoding: "called `client_encoding` in libpq; pgdyno always uses UTF-8",
  charset: "called `client_encoding` in libpq; pgdyno always uses UTF-8",
  pool: `a parameter of a connection pool: remove it; ${CLIENTS}`,
  pool_size: `a parameter of a connection pool: remove it; ${CLIENTS}`,
  max_overflow: "a parameter of a connection pool: remove it",
  pool_max_conns: `a pgx parameter: remove it; ${CLIENTS}`,
  pool_min_conns: "a pgx parameter: remove it",
  default_query_exec_mode: "a pgx parameter: remove it; the experiment sets the protocol",
  statement_cache_capacity: "a pgx parameter: remove it",
  binary_parameters: "a lib/pq parameter: remove it",
  conn_max_age: "a Django parameter: remove it",
  prepared_statement_cache_size: "an asyncpg parameter: remove it",
  server_settings: "an asyncpg parameter: use `options`",
  uselibpqcompat:
    "a node-postgres parameter: remove it; pgdyno reads connection strings as libpq does",
  search_path: `a server parameter: write ${asOption("search_path", "NAME")}`,
  statement_timeout: `a server parameter: write ${asOption("statement_timeout", "VALUE")}`,
  timezone: "a server parameter: set the environment variable PGTZ",
  ssl: "a JDBC parameter, of which libpq accepts only `ssl=true`, in a URI: write `sslmode=require` or `sslmode=disable`",
  sslca: "called `sslrootcert` in libpq",
  timeout: "called `connect_timeout` in libpq",
};

/**
 * What to say of a name that libpq does not take, as a clause. The name is shown only where it is a
 * known one or nearly one: anything else may be a piece of a password.
 */
export function explainUnknown(name: string, place: string): string {
  const lower = name.toLowerCase();
  const other = Object.hasOwn(OTHERS, lower) ? OTHERS[lower] : undefined;
  if (other !== undefined) return `\`${name}\` is ${other}`;
  const near = findNearMiss(name, Object.keys(LIBPQ_PARAMETERS));
  if (near !== null) return `\`${name}\` is not a libpq parameter (did you mean \`${near}\`?)`;
  return `what is written ${place} is not a libpq parameter`;
}
