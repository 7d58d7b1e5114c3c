import type { Secret } from "./secret.ts";

/**
 * As in libpq.
 *
 * @see https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION
 */
export const SSL_MODES = [
  "disable",
  "allow",
  "prefer",
  "require",
  "verify-ca",
  "verify-full",
] as const;

/** One of `SSL_MODES`. */
export type SslMode = (typeof SSL_MODES)[number];

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
  /** A name, an address, or an absolute folder of sockets. */
  readonly host: string;
  readonly port: number;
}

/** One server of an endpoint's list. */
export interface EndpointHost extends HostAddress {
  /** libpq's `hostaddr`: where to connect, so that the name is not looked up. */
  readonly address?: string;
  /** Its own, where the password file has another for each host. */
  readonly password?: Secret;
}

/** What TLS takes beyond `sslMode` and `sslRootCert`. Files are absolute, or relative to here. */
export interface TlsSettings {
  readonly certificate?: { readonly file: string; readonly keyFile: string };
  /** Opens the key. */
  readonly keyPassword?: Secret;
  readonly revocationFile?: string;
  readonly revocationDirectory?: string;
  /** `false` keeps the host's name out of the handshake: libpq's `sslsni=0`. */
  readonly sendsName?: false;
  readonly minVersion?: TlsVersion;
  readonly maxVersion?: TlsVersion;
  /** TLS from the first byte: libpq's `sslnegotiation=direct`. */
  readonly isDirect?: true;
}

/** As libpq writes them. */
export const TLS_VERSIONS = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const;

/** One of `TLS_VERSIONS`. */
export type TlsVersion = (typeof TLS_VERSIONS)[number];

/**
 * Where a PostgreSQL answers, and as whom to speak to it: all that control, probes, the load and
 * pgbench's processes need to know to reach it in the same way.
 */
export interface Endpoint {
  /** Tried in order. */
  readonly hosts: readonly EndpointHost[];
  /** Which of them is wanted; where nothing is said, one that takes writes if there are several. */
  readonly sessionAttributes?: SessionAttributes;
  /** The load's sessions go to hosts by chance: libpq's `load_balance_hosts=random`. */
  readonly isBalanced?: true;
  readonly user: string;
  readonly database: string;
  /** For every host; `null` where none is given, or each host has its own. */
  readonly password: Secret | null;
  readonly sslMode: SslMode;
  /** A file, `system`, or `null` where none is named. */
  readonly sslRootCert: string | null;
  readonly tls?: TlsSettings;
  /** `disable` and `require` as in libpq; else it is used where the server offers it. */
  readonly channelBinding?: "disable" | "require";
  /** libpq's `require_auth`: a list of methods, each perhaps with `!` in front. */
  readonly requireAuth?: string;
  /** Parameters of the server for each session, as on its command line: libpq's `options`. */
  readonly options?: string;
  /** Further parameters of the load's sessions: what libpq takes from PGTZ, PGDATESTYLE and PGGEQO. */
  readonly loadParameters?: Readonly<Record<string, string>>;
  /** How long one address may take to answer. */
  readonly connectTimeoutMs?: number;
  /** By default TCP keepalives are on, and the system says when the first is sent. */
  readonly keepAlive?: { readonly isOn: boolean; readonly idleS?: number };
  /** Settings that only libpq itself can honour, by keyword: for processes that bring it. */
  readonly libpqOnly?: Readonly<Record<string, string>>;
}

/** Which of its hosts a load wants: what is said, else one that takes writes where there are several. */
export function sessionAttributesOf(
  endpoint: Pick<Endpoint, "hosts" | "sessionAttributes">,
): SessionAttributes {
  return endpoint.sessionAttributes ?? (endpoint.hosts.length > 1 ? "read-write" : "any");
}

/** What to answer this host where it asks for a password; `null` where none is known. */
export function passwordOf(
  endpoint: Pick<Endpoint, "password">,
  host: Pick<EndpointHost, "password">,
): string | null {
  return (endpoint.password ?? host.password)?.reveal() ?? null;
}

/** True for a folder of Unix sockets. */
export function isSocketHost(host: string): boolean {
  return host.startsWith("/");
}

/** True where no network but this machine's own lies between: a socket, or a loopback address. */
export function isOnThisMachine({ host, address = host }: Omit<EndpointHost, "port">): boolean {
  return isSocketHost(address) || /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(address);
}

/** The endpoint for people and records: no password. */
export function describeEndpoint(endpoint: Endpoint): string {
  const hosts = endpoint.hosts.map(({ host, port }) => `${host}:${port}`).join(",");
  return `${endpoint.user}@${hosts}/${endpoint.database}`;
}
