import { readFile } from "node:fs/promises";
import { checkServerIdentity, type ConnectionOptions } from "node:tls";
import type { Endpoint } from "./endpoint.ts";

/**
 * What to try for libpq's `sslmode` at one host, and for `prefer` what to try after it.
 *
 * `require` with a root certificate verifies the authority, as libpq does. `verify-full` without one
 * trusts the authorities that Node brings.
 *
 * @see https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION
 */
export async function tlsAttempts(
  { sslMode, sslRootCert }: Pick<Endpoint, "sslMode" | "sslRootCert">,
  host: string,
): Promise<readonly [first: ConnectionOptions | false, fallback?: false]> {
  if (host.startsWith("/") || sslMode === "disable") return [false];
  const unverified: ConnectionOptions = { rejectUnauthorized: false };
  if (sslMode === "prefer") return [unverified, false];
  if (sslMode === "require" && sslRootCert === null) return [unverified];
  const authorities =
    sslRootCert === null || sslRootCert === "system" ? {} : { ca: await readFile(sslRootCert) };
  return [
    {
      ...authorities,
      rejectUnauthorized: true,
      // Named here: where the host is an address, Node would compare with the wrong name.
      checkServerIdentity: (_, certificate) =>
        sslMode === "verify-full" ? checkServerIdentity(host, certificate) : undefined,
    },
  ];
}

/** `invalid_authorization_specification`: what `pg_hba.conf` says to a kind of connection that it does not list. */
const NOT_IN_HBA = "28000";

/** True where `prefer` goes on without TLS: the server has none, or lets nobody in with it. */
export function worthWithoutTls(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: unknown }).code;
  return /does not support SSL/.test(error.message) || code === NOT_IN_HBA;
}
