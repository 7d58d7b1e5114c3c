import type { Secret } from "./secret.ts";

export type SslMode = "disable" | "prefer" | "require" | "verify-ca" | "verify-full";

/** Where a PostgreSQL answers, and as whom to speak to it. */
export interface Endpoint {
  /** Host names, addresses, or absolute socket directories, tried in order. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly user: string;
  readonly database: string;
  /** `null` where none is needed or libpq finds its own. */
  readonly password: Secret | null;
  readonly sslMode: SslMode;
  readonly sslRootCert: string | null;
}

/** The endpoint for people and records: no password. */
export function describeEndpoint(endpoint: Endpoint): string {
  const hosts = endpoint.hosts.map(({ host, port }) => `${host}:${port}`).join(",");
  return `${endpoint.user}@${hosts}/${endpoint.database}`;
}
