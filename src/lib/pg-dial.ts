/**
 * Opens the socket to one host of an endpoint, with TLS as the endpoint says. Whoever speaks to a server,
 * with `pg` or with the native driver, gets it here, so that all are encrypted, verified and kept alive alike.
 */
import { lookup } from "node:dns/promises";
import {
  connect as connectTcp,
  isIP,
  type IpcSocketConnectOpts,
  type OnReadOpts,
  type Socket,
} from "node:net";
import path from "node:path";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { isSocketHost, type Endpoint, type EndpointHost } from "./endpoint.ts";
import { messageOf } from "./errors.ts";
import { portsOfSockets } from "./libpq-hosts.ts";
import { tlsOptions } from "./tls-context.ts";

/** How the bytes go. */
export type Way = "tls" | "plain";

/** What a caller says of one attempt. */
export interface DialOptions {
  readonly way: Way;
  /** For all addresses of the host together. */
  readonly timeoutMs: number;
  /** Ends the attempt; its reason is thrown. */
  readonly signal: AbortSignal;
  /** Where what comes over a plain socket is read to. */
  readonly onread?: OnReadOpts;
}

/** Asks for TLS before anything else is said. @see https://www.postgresql.org/docs/current/protocol-message-formats.html */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/** The answer `S`. */
const TLS_AGREED = 0x53;

/** The server has no TLS, and the way was to be TLS. */
class NoTlsError extends Error {}
/** The handshake failed. */
class HandshakeError extends Error {}

/** `invalid_authorization_specification`: what `pg_hba.conf` says to a kind of connection that it does not list. */
const NOT_IN_HBA = "28000";

/**
 * Tries the ways that `sslmode` allows, in libpq's order, until one gives a session. The next one is tried
 * where the server has no TLS, where the handshake fails, or where it lets nobody in in this way.
 *
 * @see https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION
 * @throws what the last way ended with.
 */
export async function tryEachWay<T>(
  { sslMode }: Pick<Endpoint, "sslMode">,
  { host, port }: EndpointHost,
  attempt: (way: Way) => Promise<T>,
): Promise<T> {
  const id = `${host}:${port}`;
  const isPlain = isSocketHost(host) || (sslMode === "prefer" && withoutTls.has(id));
  const [first, second] = isPlain ? (["plain"] as const) : waysOf(sslMode);
  try {
    return await attempt(first);
  } catch (error) {
    if (second === undefined || !isWorthAnotherWay(error)) throw error;
    if (error instanceof NoTlsError) withoutTls.add(id);
    return attempt(second);
  }
}

/** Servers that have no TLS: a load that connects for each transaction would ask each time. */
const withoutTls = new Set<string>();

function waysOf(sslMode: Endpoint["sslMode"]): readonly [Way, Way?] {
  if (sslMode === "disable") return ["plain"];
  if (sslMode === "allow") return ["plain", "tls"];
  return sslMode === "prefer" ? ["tls", "plain"] : ["tls"];
}

function isWorthAnotherWay(error: unknown): boolean {
  if (error instanceof NoTlsError || error instanceof HandshakeError) return true;
  return (error as { code?: unknown }).code === NOT_IN_HBA;
}

/**
 * A connected socket, after the handshake where the way is TLS. A name's addresses are tried in the
 * system's order.
 *
 * @throws with a message that a person can use.
 */
export async function dial(
  endpoint: Endpoint,
  host: EndpointHost,
  options: DialOptions,
): Promise<Socket | TLSSocket> {
  const { timeoutMs } = options;
  const late = new AbortController();
  const limitMs = Math.max(timeoutMs, endpoint.connectTimeoutMs ?? 0);
  const timer = setTimeout(() => late.abort(new Error(`no answer within ${limitMs} ms`)), limitMs);
  const signal = AbortSignal.any([options.signal, late.signal]);
  try {
    signal.throwIfAborted();
    const socket = await openPlain(endpoint, host, { ...options, signal });
    return options.way === "plain" ? socket : await encrypt(socket, endpoint, host, signal);
  } finally {
    clearTimeout(timer);
  }
}

async function encrypt(
  socket: Socket,
  endpoint: Endpoint,
  host: EndpointHost,
  signal: AbortSignal,
): Promise<TLSSocket> {
  try {
    if (endpoint.tls?.isDirect !== true) await askForTls(socket, signal);
    return await shakeHands(socket, endpoint, host, signal);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function openPlain(
  endpoint: Endpoint,
  { host, port, address = host }: EndpointHost,
  { way, timeoutMs, signal, onread }: DialOptions,
): Promise<Socket> {
  const read = way === "plain" && onread !== undefined ? { onread } : {};
  if (isSocketHost(address)) {
    const file = path.join(address, `.s.PGSQL.${port}`);
    const socket = connectTcp({ path: file, ...read } as IpcSocketConnectOpts);
    try {
      await untilEvent(socket, "connect", { signal });
      return socket;
    } catch (error) {
      throw await explainSocket(error, address, port);
    }
  }
  const addresses = await addressesOf(address);
  let last: unknown;
  for (const one of addresses) {
    const socket = connectTcp({ host: one, port, ...read });
    keepAlive(socket, endpoint);
    try {
      const limit = endpoint.connectTimeoutMs ?? timeoutMs / addresses.length;
      await untilEvent(socket, "connect", { signal, limitMs: limit });
      return socket;
    } catch (error) {
      signal.throwIfAborted();
      last = error;
    }
  }
  throw last;
}

async function addressesOf(host: string): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  const found = await lookup(host, { all: true, verbatim: true }).catch((error: unknown) => {
    const because = `could not translate host name "${host}" to an address (${(error as { code?: string }).code ?? messageOf(error)})`;
    throw new Error(because, { cause: error });
  });
  return found.map(({ address }) => address);
}

function keepAlive(socket: Socket, { keepAlive: wanted }: Endpoint): void {
  if (wanted?.isOn === false) return;
  socket.setKeepAlive(true, (wanted?.idleS ?? 0) * 1000);
}

/** ENOENT alone would not tell whoever has given no host that it is a folder of sockets. */
async function explainSocket(error: unknown, folder: string, port: number): Promise<unknown> {
  const { code } = error as { code?: string };
  if (code !== "ENOENT" && code !== "ECONNREFUSED") return error;
  const others = (await portsOfSockets(folder)).filter((other) => other !== port);
  const what =
    code === "ENOENT"
      ? `there is no socket ${path.join(folder, `.s.PGSQL.${port}`)}`
      : `no server is listening on ${path.join(folder, `.s.PGSQL.${port}`)}`;
  const there = others.length === 0 ? "" : `; there are servers with port ${others.join(", ")}`;
  const because = `${what}${there}. For TCP/IP, give a host, such as \`host=localhost\``;
  return new Error(because, { cause: error });
}

/** Sends SSLRequest. @throws {NoTlsError} where the server has no TLS. */
async function askForTls(socket: Socket, signal: AbortSignal): Promise<void> {
  const answer = untilEvent(socket, "data", { signal });
  socket.write(SSL_REQUEST);
  const [data] = (await answer) as [Buffer];
  // More than one byte would be an attempt to slip plain text in before the handshake.
  if (data.length !== 1) throw new Error("the server sent more than its answer to SSLRequest");
  if (data[0] !== TLS_AGREED) {
    throw new NoTlsError(`the server does not support SSL, but SSL was required by \`sslmode\``);
  }
}

async function shakeHands(
  socket: Socket,
  endpoint: Endpoint,
  host: EndpointHost,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const options = tlsOptions(endpoint, host);
  const secure = connectTls({ socket, ...options });
  try {
    await untilEvent(secure, "secureConnect", { signal });
    return secure;
  } catch (error) {
    signal.throwIfAborted();
    throw new HandshakeError(explainHandshake(error, endpoint), { cause: error });
  }
}

/** Node's words, and what to do about those that are met most. */
function explainHandshake(error: unknown, { sslRootCert, tls }: Endpoint): string {
  const said = messageOf(error);
  const { code = "" } = error as { code?: string };
  if (/SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY_LEAF)/.test(code)) {
    const held =
      sslRootCert === null || sslRootCert === "system"
        ? "a CA that this system trusts"
        : `a CA in ${sslRootCert}`;
    return `the server's certificate is not signed by ${held} (${said}): set \`sslrootcert\` to the file of its CA`;
  }
  if (/BAD_DECRYPT|INTERRUPTED_OR_CANCELLED|MISSING_PASSPHRASE/i.test(`${code} ${said}`)) {
    return `the private key ${tls?.certificate?.keyFile ?? ""} cannot be opened (${said}): give its passphrase in \`sslpassword\``;
  }
  return said;
}

/** What the event brings. Where the socket fails, ends or takes too long, it is destroyed. */
function untilEvent(
  socket: Socket,
  event: "connect" | "data" | "secureConnect",
  { signal, limitMs }: { readonly signal: AbortSignal; readonly limitMs?: number },
): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const settle = (error: Error | null, values: unknown[]) => {
      clearTimeout(timer);
      socket.off(event, onEvent);
      socket.off("close", onClose);
      signal.removeEventListener("abort", onAbort);
      if (error === null) {
        socket.off("error", onError);
        resolve(values);
        return;
      }
      // The listener for errors stays, so that a late one is not a crash.
      socket.destroy();
      reject(error);
    };
    const onEvent = (...values: unknown[]) => {
      // What follows the answer is for whoever takes the socket next.
      if (event === "data") socket.pause();
      settle(null, values);
    };
    const onError = (error: Error) => settle(error, []);
    const onClose = () => settle(new Error("the server closed the connection unexpectedly"), []);
    const onAbort = () => settle(signal.reason as Error, []);
    socket.once(event, onEvent);
    socket.on("error", onError);
    socket.once("close", onClose);
    signal.addEventListener("abort", onAbort, { once: true });
    if (limitMs !== undefined) {
      const late = new Error(`no answer within ${Math.round(limitMs)} ms`);
      timer = setTimeout(() => settle(late, []), limitMs);
    }
    if (signal.aborted) onAbort();
  });
}
