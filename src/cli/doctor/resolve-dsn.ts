import type { Endpoint, SslMode } from "../../lib/endpoint.ts";
import { DynoError } from "../../lib/errors.ts";
import { Secret } from "../../lib/secret.ts";

const SSL_MODES: readonly string[] = ["disable", "prefer", "require", "verify-ca", "verify-full"];

/**
 * A connection URL with what libpq's environment adds.
 *
 * @throws {DynoError} USAGE, without a word of the text: it may hold a password.
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 */
export function resolveDsn(dsn: string, environment = process.env): Promise<Endpoint> {
  const url = /^postgres(ql)?:\/\//.test(dsn) && URL.canParse(dsn) ? new URL(dsn) : null;
  if (url === null) {
    const message = "The address of --dsn cannot be read.";
    const hint = "Write it as postgresql://USER@HOST:PORT/DATABASE.";
    return Promise.reject(new DynoError("USAGE", { message, hint }));
  }
  const user = decodeURIComponent(url.username) || (environment["PGUSER"] ?? "postgres");
  const password = decodeURIComponent(url.password) || environment["PGPASSWORD"];
  const sslMode = url.searchParams.get("sslmode") ?? environment["PGSSLMODE"] ?? "prefer";
  return Promise.resolve({
    hosts: [
      {
        host: url.searchParams.get("host") ?? (url.hostname || "localhost"),
        port: Number(url.port || (environment["PGPORT"] ?? 5432)),
      },
    ],
    user,
    database: decodeURIComponent(url.pathname.slice(1)) || user,
    password: password === undefined ? null : new Secret(password),
    sslMode: (SSL_MODES.includes(sslMode) ? sslMode : "prefer") as SslMode,
    sslRootCert: url.searchParams.get("sslrootcert") ?? environment["PGSSLROOTCERT"] ?? null,
  });
}
