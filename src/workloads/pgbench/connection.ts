import { writeFile } from "node:fs/promises";
import path from "node:path";
import { sessionAttributesOf, type Endpoint } from "../../lib/endpoint.ts";

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
  "PGSSLCERT",
  "PGSSLKEY",
  "PGSSLCRL",
];

/**
 * The environment that makes pgbench connect to `endpoint`. The password goes into a file that only
 * this user can read, in `directory`; the caller removes it with the folder.
 *
 * @see https://www.postgresql.org/docs/current/libpq-envars.html
 */
export async function connectionEnvironment(
  endpoint: Endpoint,
  directory: string,
): Promise<Readonly<Record<string, string>>> {
  const environment: Record<string, string> = {
    // pgbench's messages are read, so they must not be translated.
    LC_ALL: "C",
    PGHOST: endpoint.hosts.map(({ host }) => host).join(","),
    PGPORT: endpoint.hosts.map(({ port }) => port).join(","),
    PGUSER: endpoint.user,
    PGDATABASE: endpoint.database,
    PGSSLMODE: endpoint.sslMode,
    // Probes tell the load from pgdyno's own sessions by this.
    PGAPPNAME: "pgdyno load",
  };
  // Of several hosts only one is the primary, and which may change.
  const wanted = sessionAttributesOf(endpoint);
  if (wanted !== "any") environment["PGTARGETSESSIONATTRS"] = wanted;
  if (endpoint.sslRootCert !== null) environment["PGSSLROOTCERT"] = endpoint.sslRootCert;
  for (const name of INHERITED) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  if (endpoint.password === null) {
    const own = process.env["PGPASSFILE"];
    if (own !== undefined) environment["PGPASSFILE"] = own;
    return environment;
  }
  const file = path.join(directory, "pgpass");
  await writeFile(file, `*:*:*:*:${escapeField(endpoint.password.reveal())}\n`, {
    mode: 0o600,
    flag: "wx",
  });
  environment["PGPASSFILE"] = file;
  return environment;
}

/** https://www.postgresql.org/docs/current/libpq-pgpass.html */
function escapeField(text: string): string {
  return text.replace(/[\\:]/g, "\\$&");
}
