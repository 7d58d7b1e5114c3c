import { readFile, stat } from "node:fs/promises";
import { homedir, userInfo } from "node:os";
import path from "node:path";
import {
  SESSION_ATTRIBUTES,
  type Endpoint,
  type SessionAttributes,
  type SslMode,
} from "./endpoint.ts";
import { DynoError } from "./errors.ts";
import { findPassword, findService, refusePasswordFile } from "./libpq-files.ts";
import { parseConnectionString, type LibpqSettings } from "./libpq-settings.ts";
import { Secret } from "./secret.ts";

/** Where settings come from when the connection string does not give them. */
export interface LibpqSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Name of the account, libpq's default for `user`. */
  readonly account: string;
}

/** What the experiment says itself. */
export interface LibpqGiven {
  /** `null` or empty takes everything from service file and environment. */
  readonly dsn: string | null;
  readonly service?: string | undefined;
  readonly sslMode?: SslMode | undefined;
}

/** The endpoint, and what a person should know of how it came about. */
export interface ResolvedEndpoint {
  readonly endpoint: Endpoint;
  readonly warnings: readonly string[];
}

/** These surroundings, as they are now. */
export function libpqSurroundings(): LibpqSurroundings {
  return { env: process.env, home: homedir(), account: userInfo().username };
}

/** Environment variables of libpq: https://www.postgresql.org/docs/current/libpq-envars.html */
const VARIABLES: Readonly<Record<string, string>> = {
  host: "PGHOST",
  hostaddr: "PGHOSTADDR",
  port: "PGPORT",
  dbname: "PGDATABASE",
  user: "PGUSER",
  password: "PGPASSWORD",
  passfile: "PGPASSFILE",
  sslmode: "PGSSLMODE",
  sslrootcert: "PGSSLROOTCERT",
  service: "PGSERVICE",
  target_session_attrs: "PGTARGETSESSIONATTRS",
};

const SSL_MODES: readonly string[] = ["disable", "prefer", "require", "verify-ca", "verify-full"];

/** Settings of libpq that would change who is reached or how safely, and that are not supported. */
const UNSUPPORTED: readonly string[] = ["sslcert", "sslkey", "channel_binding", "require_auth"];

/**
 * Works out where to connect as libpq does: the connection string, then the service, then the
 * environment, then defaults; the password last from the password file.
 *
 * Differs from libpq in one: `sslmode` defaults to `verify-full` where a host is not on this machine,
 * and to `prefer` where all are.
 *
 * @throws {DynoError} DSN_INVALID
 */
export async function resolveEndpoint(
  given: LibpqGiven,
  surroundings: LibpqSurroundings,
): Promise<ResolvedEndpoint> {
  const dsn = readDsn(given.dsn);
  const env = fromEnvironment(surroundings);
  const service = given.service ?? dsn["service"] ?? env["service"];
  const fromService = service === undefined ? {} : await readService(service, surroundings);
  const settings: LibpqSettings = {
    ...env,
    ...fromService,
    ...dsn,
    ...(given.sslMode === undefined ? {} : { sslmode: given.sslMode }),
  };
  const hosts = readHosts(settings);
  const user = settings["user"] ?? surroundings.account;
  const database = settings["dbname"] ?? user;
  const warnings = UNSUPPORTED.filter((name) => settings[name] !== undefined).map(
    (name) => `\`${name}\` is not supported and is left out.`,
  );
  let password = settings["password"] ?? null;
  if (password === null) {
    const found = await readPasswordFile(settings, { hosts, user, database }, surroundings);
    password = found.password;
    warnings.push(...found.warnings);
  }
  return {
    endpoint: {
      hosts,
      ...readSessionAttributes(settings),
      user,
      database,
      password: password === null || password === "" ? null : new Secret(password),
      sslMode: readSslMode(settings, hosts),
      sslRootCert: await readRootCertificate(settings, surroundings),
    },
    warnings,
  };
}

/** True where no network but this machine's own lies between: a socket, or a loopback address. */
export function isOnThisMachine(host: string): boolean {
  return host.startsWith("/") || /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host);
}

function readDsn(dsn: string | null): LibpqSettings {
  const parsed = parseConnectionString(dsn ?? "");
  if ("settings" in parsed) return parsed.settings;
  // Not shown: where it cannot be read, nobody knows which part is the password.
  throw new DynoError("DSN_INVALID", {
    where: "the connection string",
    because: parsed.because,
  });
}

function fromEnvironment({ env }: LibpqSurroundings): LibpqSettings {
  return Object.fromEntries(
    Object.entries(VARIABLES).flatMap(([name, variable]) => {
      const value = env[variable];
      return value === undefined || value === "" ? [] : [[name, value]];
    }),
  );
}

/** `$PGSERVICEFILE` or `~/.pg_service.conf`, then `$PGSYSCONFDIR/pg_service.conf`. */
async function readService(
  service: string,
  { env, home }: LibpqSurroundings,
): Promise<LibpqSettings> {
  const files = [env["PGSERVICEFILE"] ?? path.join(home, ".pg_service.conf")];
  if (env["PGSYSCONFDIR"] !== undefined) {
    files.push(path.join(env["PGSYSCONFDIR"], "pg_service.conf"));
  }
  for (const file of files) {
    const text = await readFile(file, "utf8").catch(() => null);
    const found = text === null ? null : findService(text, service);
    if (found !== null) return found;
  }
  const because = `no such section in ${files.join(" or ")}`;
  throw new DynoError("DSN_INVALID", { where: `service \`${service}\``, because });
}

/** One port for all hosts, or one for each. An empty host is PostgreSQL's usual socket folder. */
function readHosts(settings: LibpqSettings): Endpoint["hosts"] {
  // An address spares the look-up of the name; the certificate is still checked against the name.
  const names = (settings["host"] ?? settings["hostaddr"] ?? "localhost").split(",");
  const ports = (settings["port"] ?? "5432").split(",");
  if (ports.length !== 1 && ports.length !== names.length) {
    const because = `it names ${names.length} hosts and ${ports.length} ports`;
    throw new DynoError("DSN_INVALID", { where: "the connection string", because });
  }
  return names.map((name, index) => {
    const text = (ports.length === 1 ? ports[0]! : ports[index]!) || "5432";
    const port = Number(text);
    if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
      const because = `\`${text}\` is no port, which is 1 to 65535`;
      throw new DynoError("DSN_INVALID", { where: "the connection string", because });
    }
    return { host: name === "" ? "/var/run/postgresql" : name, port };
  });
}

function readSessionAttributes(settings: LibpqSettings): {
  readonly sessionAttributes?: SessionAttributes;
} {
  const given = settings["target_session_attrs"];
  if (given === undefined) return {};
  const found = SESSION_ATTRIBUTES.find((name) => name === given);
  if (found !== undefined) return { sessionAttributes: found };
  const because = `\`target_session_attrs=${given}\` is none of ${SESSION_ATTRIBUTES.join(", ")}`;
  throw new DynoError("DSN_INVALID", { where: "the connection string", because });
}

function readSslMode(settings: LibpqSettings, hosts: Endpoint["hosts"]): SslMode {
  const given = settings["sslmode"];
  if (given === undefined) {
    return hosts.every(({ host }) => isOnThisMachine(host)) ? "prefer" : "verify-full";
  }
  const mode = given === "allow" ? "prefer" : given;
  if (SSL_MODES.includes(mode)) return mode as SslMode;
  const because = `\`sslmode=${given}\` is none of ${SSL_MODES.join(", ")}`;
  throw new DynoError("DSN_INVALID", { where: "the connection string", because });
}

/** `sslrootcert`, or libpq's place for it where there is one. */
async function readRootCertificate(
  settings: LibpqSettings,
  { home }: LibpqSurroundings,
): Promise<string | null> {
  const given = settings["sslrootcert"];
  if (given !== undefined) return given;
  const usual = path.join(home, ".postgresql", "root.crt");
  return (await stat(usual).catch(() => null)) === null ? null : usual;
}

async function readPasswordFile(
  settings: LibpqSettings,
  { hosts, user, database }: Pick<Endpoint, "hosts" | "user" | "database">,
  { home }: LibpqSurroundings,
): Promise<{ readonly password: string | null; readonly warnings: readonly string[] }> {
  const file = settings["passfile"] ?? path.join(home, ".pgpass");
  const facts = await stat(file).catch(() => null);
  if (facts === null) return { password: null, warnings: [] };
  const because = refusePasswordFile(facts.mode);
  if (because !== null) {
    return { password: null, warnings: [`Password file ${file} is not used: ${because}.`] };
  }
  const text = await readFile(file, "utf8");
  for (const { host, port } of hosts) {
    const password = findPassword(text, { host, port, database, user });
    if (password !== null) return { password, warnings: [] };
  }
  return { password: null, warnings: [] };
}
