import { SESSION_ATTRIBUTES, type Endpoint, type SslMode } from "./endpoint.ts";
import { readHosts, readPasswordFile } from "./libpq-hosts.ts";
import {
  judgeSettings,
  readSources,
  refuse,
  type LibpqSurroundings,
  type Setting,
} from "./libpq-sources.ts";
import { oneOf, readTls } from "./libpq-tls.ts";
import { explainRequireAuth } from "./pg-authentication.ts";
import { Secret } from "./secret.ts";

export { libpqSurroundings, type LibpqSurroundings } from "./libpq-sources.ts";

/** What the experiment says itself. */
export interface LibpqGiven {
  /** `null` or empty takes everything from service file and environment. */
  readonly dsn: string | null;
  readonly service?: string | undefined;
  readonly sslMode?: SslMode | undefined;
  /** Where the connection string and the service name no database; else PGDATABASE, then the user's name. */
  readonly database?: string | undefined;
}

/** The endpoint, and what a person should know of how it came about. */
export interface ResolvedEndpoint {
  readonly endpoint: Endpoint;
  readonly warnings: readonly string[];
}

type Settings = ReadonlyMap<string, Setting>;

/**
 * Works out where to connect as libpq does: the connection string, then the service, then the
 * environment, then defaults; the password last from the password file. The one place where settings of
 * a connection come from; whatever speaks to a server takes an `Endpoint`.
 *
 * @throws {DynoError} DSN_INVALID with all that is wrong
 */
export async function resolveEndpoint(
  given: LibpqGiven,
  surroundings: LibpqSurroundings,
): Promise<ResolvedEndpoint> {
  const extra = {
    ...(given.service === undefined ? {} : { service: given.service }),
    ...(given.sslMode === undefined ? {} : { sslmode: given.sslMode }),
  };
  const found = await readSources(given.dsn, extra, surroundings);
  const { settings } = found;
  const { faults, notes } = judgeSettings(settings);
  const places = await readHosts(settings, surroundings);
  const tls = await readTls(settings, places.hosts, surroundings);
  const session = readSession(settings);
  const user = settings.get("user")?.value ?? surroundings.account;
  const all = [...faults, ...places.faults, ...tls.faults, ...session.faults];
  if (user === null)
    all.push(
      "no user was given, and the account that runs pgdyno has no name: set `user` or PGUSER",
    );
  if (user === null || all.length > 0) throw refuse("The connection", all);

  const database = databaseOf(settings, given) ?? user;
  const whom = { hosts: places.hosts, user, database };
  const own = settings.get("password")?.value;
  const secrets =
    own === undefined
      ? await readPasswordFile(settings, whom, surroundings)
      : { hosts: places.hosts, password: own, warnings: [] };
  return {
    endpoint: {
      hosts: secrets.hosts,
      user,
      database,
      password: secrets.password === null ? null : new Secret(secrets.password),
      ...tls.endpoint,
      ...session.endpoint,
      ...loadParametersOf(surroundings),
    },
    warnings: [
      ...found.warnings,
      ...notes,
      ...places.warnings,
      ...tls.warnings,
      ...secrets.warnings,
    ],
  };
}

function databaseOf(settings: Settings, { database }: LibpqGiven): string | undefined {
  const named = settings.get("dbname");
  if (database === undefined || named?.from !== "PGDATABASE") return named?.value ?? database;
  return database;
}

/** What a session is asked for once it is there, and how long it may take to come. */
function readSession(settings: Settings): {
  readonly endpoint: Partial<Endpoint>;
  readonly faults: readonly string[];
} {
  const faults: string[] = [];
  const attributes = oneOf(settings, "target_session_attrs", SESSION_ATTRIBUTES, faults);
  const balance = oneOf(settings, "load_balance_hosts", ["disable", "random"], faults);
  const timeoutS = readInteger(settings, "connect_timeout", faults);
  const options = settings.get("options")?.value;
  const requireAuth = settings.get("require_auth")?.value;
  const unread = requireAuth === undefined ? null : explainRequireAuth(requireAuth);
  if (unread !== null) faults.push(unread);
  return {
    endpoint: {
      ...(attributes === null ? {} : { sessionAttributes: attributes }),
      ...(balance === "random" ? { isBalanced: true as const } : {}),
      // As in libpq: 0 and less wait for ever, which here is what the asker waits; 1 is taken for 2.
      ...(timeoutS === null || timeoutS <= 0
        ? {}
        : { connectTimeoutMs: Math.max(2, timeoutS) * 1000 }),
      ...(options === undefined ? {} : { options }),
      ...(requireAuth === undefined ? {} : { requireAuth }),
      ...readKeepAlive(settings, faults),
      ...readLibpqOnly(settings),
    },
    faults,
  };
}

function readKeepAlive(settings: Settings, faults: string[]): Pick<Endpoint, "keepAlive"> {
  const isOn = readInteger(settings, "keepalives", faults) !== 0;
  const idleS = readInteger(settings, "keepalives_idle", faults);
  if (isOn && idleS === null) return {};
  return { keepAlive: { isOn, ...(idleS === null || idleS <= 0 ? {} : { idleS }) } };
}

/** Settings that pgdyno's own sessions cannot honour, and those that pgbench needs for the rest. */
const LIBPQ_ONLY = [
  "keepalives",
  "keepalives_idle",
  "keepalives_interval",
  "keepalives_count",
  "tcp_user_timeout",
  "krbsrvname",
  "gsslib",
  "gssencmode",
];

function readLibpqOnly(settings: Settings): Pick<Endpoint, "libpqOnly"> {
  const found = LIBPQ_ONLY.flatMap((name): [string, string][] => {
    const given = settings.get(name);
    return given === undefined ? [] : [[name, given.value]];
  });
  return found.length === 0 ? {} : { libpqOnly: Object.fromEntries(found) };
}

function readInteger(settings: Settings, name: string, faults: string[]): number | null {
  const given = settings.get(name);
  if (given === undefined) return null;
  if (/^\s*[+-]?\d+\s*$/.test(given.value)) return Number(given.value);
  faults.push(`\`${name}=${given.value}\` in ${given.from} is not a whole number of seconds`);
  return null;
}

/** What libpq sends from the environment of the load, beyond its settings. */
const LOAD_VARIABLES = { PGTZ: "TimeZone", PGDATESTYLE: "DateStyle", PGGEQO: "geqo" } as const;

function loadParametersOf({ env }: LibpqSurroundings): Pick<Endpoint, "loadParameters"> {
  const found = Object.entries(LOAD_VARIABLES).flatMap(([variable, name]): [string, string][] => {
    const value = env[variable];
    // libpq, too, takes `default` for one that is not given.
    return value === undefined || value === "" || value === "default" ? [] : [[name, value]];
  });
  return found.length === 0 ? {} : { loadParameters: Object.fromEntries(found) };
}
