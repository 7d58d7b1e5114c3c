import { writeFile } from "node:fs/promises";
import path from "node:path";
import {
  isSocketHost,
  passwordOf,
  sessionAttributesOf,
  type Endpoint,
  type EndpointHost,
} from "../../lib/endpoint.ts";
import { readAuthorities } from "../../lib/tls-context.ts";

/** What libpq or the system may need of our own environment; no `PG*` that would point elsewhere. */
const INHERITED = [
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "TMPDIR",
  "LD_LIBRARY_PATH",
  "KRB5CCNAME",
  "KRB5_CONFIG",
];

/** The section of the service file that holds what no variable can. */
const SERVICE = "pgdyno";

/**
 * The environment that makes pgbench connect to `endpoint`, with every setting that pgdyno's own sessions
 * have. Secrets go into files that only this user can read, in `directory`; the caller removes them with it.
 *
 * @see https://www.postgresql.org/docs/current/libpq-envars.html
 */
export async function connectionEnvironment(
  endpoint: Endpoint,
  directory: string,
): Promise<Readonly<Record<string, string>>> {
  const environment: Record<string, string> = {};
  for (const name of INHERITED) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return {
    ...environment,
    // pgbench's messages are read, so they must not be translated.
    LC_ALL: "C",
    ...placeOf(endpoint),
    ...sessionOf(endpoint),
    ...tlsOf(endpoint),
    ...(await rootCertificateOf(endpoint, directory)),
    ...(await serviceOf(endpoint, directory)),
    PGPASSFILE: await writePasswords(endpoint, directory),
  };
}

type Variables = Readonly<Record<string, string>>;

function placeOf(endpoint: Endpoint): Variables {
  const { hosts, user, database, isBalanced } = endpoint;
  const hasAddresses = hosts.some(({ address }) => address !== undefined);
  // Of several hosts only one is the primary, and which may change.
  const wanted = sessionAttributesOf(endpoint);
  return {
    PGHOST: hosts.map(({ host }) => host).join(","),
    PGPORT: hosts.map(({ port }) => port).join(","),
    PGUSER: user,
    PGDATABASE: database,
    ...(hasAddresses ? { PGHOSTADDR: hosts.map(({ address = "" }) => address).join(",") } : {}),
    ...(wanted === "any" ? {} : { PGTARGETSESSIONATTRS: wanted }),
    ...(isBalanced === true ? { PGLOADBALANCEHOSTS: "random" } : {}),
  };
}

/** libpq's names for parameters that it sends from the environment. */
const PARAMETER_VARIABLES: Readonly<Record<string, string>> = {
  TimeZone: "PGTZ",
  DateStyle: "PGDATESTYLE",
  geqo: "PGGEQO",
};

function sessionOf({ options, loadParameters = {}, connectTimeoutMs }: Endpoint): Variables {
  const parameters = Object.entries(loadParameters).flatMap(([name, value]): [string, string][] => {
    const variable = PARAMETER_VARIABLES[name];
    return variable === undefined ? [] : [[variable, value]];
  });
  return {
    // Probes tell the load from pgdyno's own sessions by this.
    PGAPPNAME: "pgdyno load",
    PGCLIENTENCODING: "UTF8",
    ...Object.fromEntries(parameters),
    ...(options === undefined ? {} : { PGOPTIONS: options }),
    ...(connectTimeoutMs === undefined
      ? {}
      : { PGCONNECT_TIMEOUT: String(Math.ceil(connectTimeoutMs / 1000)) }),
  };
}

function tlsOf({ sslMode, tls = {}, channelBinding, requireAuth }: Endpoint): Variables {
  const { certificate, revocationFile, revocationDirectory, minVersion, maxVersion } = tls;
  return {
    PGSSLMODE: sslMode,
    // Without one, libpq would look for one in the home directory.
    PGSSLCERT: certificate?.file ?? "/nonexistent",
    ...(certificate === undefined ? {} : { PGSSLKEY: certificate.keyFile }),
    ...(revocationFile === undefined ? {} : { PGSSLCRL: revocationFile }),
    ...(revocationDirectory === undefined ? {} : { PGSSLCRLDIR: revocationDirectory }),
    ...(tls.sendsName === false ? { PGSSLSNI: "0" } : {}),
    ...(minVersion === undefined ? {} : { PGSSLMINPROTOCOLVERSION: minVersion }),
    ...(maxVersion === undefined ? {} : { PGSSLMAXPROTOCOLVERSION: maxVersion }),
    ...(tls.isDirect === true ? { PGSSLNEGOTIATION: "direct" } : {}),
    ...(channelBinding === undefined ? {} : { PGCHANNELBINDING: channelBinding }),
    ...(requireAuth === undefined ? {} : { PGREQUIREAUTH: requireAuth }),
  };
}

/**
 * The authorities as a file of their own where they are the system's: a libpq before 16 does not know
 * `system`, and one that was built elsewhere looks for it elsewhere.
 */
async function rootCertificateOf(endpoint: Endpoint, directory: string): Promise<Variables> {
  const { sslRootCert } = endpoint;
  if (sslRootCert !== null && sslRootCert !== "system") return { PGSSLROOTCERT: sslRootCert };
  const authorities = readAuthorities(endpoint);
  if (authorities === null) return {};
  const file = path.join(directory, "authorities.pem");
  await writeFile(file, authorities, { flag: "wx" });
  return { PGSSLROOTCERT: file };
}

/** What libpq takes from a service and not from the environment. */
async function serviceOf({ libpqOnly = {}, tls }: Endpoint, directory: string): Promise<Variables> {
  const settings = {
    ...libpqOnly,
    ...(tls?.keyPassword === undefined ? {} : { sslpassword: tls.keyPassword.reveal() }),
  };
  if (Object.keys(settings).length === 0) return {};
  const file = path.join(directory, "pg_service.conf");
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(file, `[${SERVICE}]\n${lines.join("")}`, { mode: 0o600, flag: "wx" });
  return { PGSERVICE: SERVICE, PGSERVICEFILE: file };
}

/** Never the user's own file: what it has for this server has been found already. */
async function writePasswords(endpoint: Endpoint, directory: string): Promise<string> {
  const file = path.join(directory, "pgpass");
  const lines = endpoint.hosts.flatMap((host) => {
    const password = passwordOf(endpoint, host);
    if (password === null) return [];
    const names = endpoint.password === null ? namesOf(host) : ["*:*"];
    return names.map((name) => `${name}:*:*:${escapeField(password)}\n`);
  });
  await writeFile(file, [...new Set(lines)].join(""), { mode: 0o600, flag: "wx" });
  return file;
}

/** Host and port as libpq looks them up. Which folder of sockets is `localhost` to it, only it knows. */
function namesOf({ host, port }: EndpointHost): string[] {
  const names = isSocketHost(host) ? [host, "localhost"] : [host];
  return names.map((name) => `${escapeField(name)}:${port}`);
}

/** https://www.postgresql.org/docs/current/libpq-pgpass.html */
function escapeField(text: string): string {
  return text.replace(/[\\:]/g, "\\$&");
}
