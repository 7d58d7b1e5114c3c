import type { Secret } from "./secret.ts";

/**
 * As in libpq.
 *
 * @see https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION
 */
export type SslMode = "disable" | "prefer" | "require" | "verify-ca" | "verify-full";

/**
 * Which servers of a list will do.
 *
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-TARGET-SESSION-ATTRS
 */
export const SESSION_ATTRIBUTES = [
  "any",
  "read-write",
  "read-only",
  "primary",
  "standby",
  "prefer-standby",
] as const;

/** One of `SESSION_ATTRIBUTES`. */
export type SessionAttributes = (typeof SESSION_ATTRIBUTES)[number];

/** Where a server answers. */
export interface HostAddress {
  /** A name, an address, or an absolute socket directory. */
  readonly host: string;
  readonly port: number;
}

/** Where a PostgreSQL answers, and as whom to speak to it. */
export interface Endpoint {
  /** Host names, addresses, or absolute socket directories, tried in order. */
  readonly hosts: readonly HostAddress[];
  /** Which of them is wanted; where nothing is said, one that takes writes if there are several. */
  readonly sessionAttributes?: SessionAttributes;
  readonly user: string;
  readonly database: string;
  /** `null` where none is needed or libpq finds its own. */
  readonly password: Secret | null;
  readonly sslMode: SslMode;
  readonly sslRootCert: string | null;
}

/** Which of its hosts a load wants: what is said, else one that takes writes where there are several. */
export function sessionAttributesOf(
  endpoint: Pick<Endpoint, "hosts" | "sessionAttributes">,
): SessionAttributes {
  return endpoint.sessionAttributes ?? (endpoint.hosts.length > 1 ? "read-write" : "any");
}

/** The endpoint for people and records: no password. */
export function describeEndpoint(endpoint: Endpoint): string {
  const hosts = endpoint.hosts.map(({ host, port }) => `${host}:${port}`).join(",");
  return `${endpoint.user}@${hosts}/${endpoint.database}`;
}
