import { readFileSync } from "node:fs";
import { connect as connectTcp, isIP, type Socket, type TcpSocketConnectOpts } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import type { SslMode } from "../../../lib/endpoint.ts";
import { encodeSslRequest } from "./messages.ts";
import { Connection } from "./connection.ts";

/** What a worker needs to know to connect; plain data, so that it can be handed to a thread. */
export interface ConnectSettings {
  readonly user: string;
  readonly database: string;
  readonly password: string | null;
  readonly sslMode: SslMode;
  readonly sslRootCert: string | null;
}

export interface HostAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * One buffer for the reads of every plain connection of a thread: each read is taken in before the
 * next one starts, and a warm buffer is cheaper than many cold ones.
 */
const RECEIVE_BYTES = 65_536;
const receiveBuffer = Buffer.allocUnsafeSlow(RECEIVE_BYTES);

/** Servers that refused TLS under `prefer`: asking again would cost a round trip per connection. */
const withoutTls = new Set<string>();

/** Opens a TCP or Unix socket, with TLS as asked. Rejects when the signal fires. */
export async function openSocket(
  address: HostAddress,
  settings: ConnectSettings,
  signal: AbortSignal,
): Promise<Connection> {
  const id = `${address.host}:${address.port}`;
  const wantsTls =
    settings.sslMode !== "disable" &&
    !address.host.startsWith("/") &&
    !(settings.sslMode === "prefer" && withoutTls.has(id));
  if (!wantsTls) return openPlain(address, signal);
  const raw = await connected(connectTcp(socketOptions(address)), signal);
  if (await askForTls(raw, signal)) {
    const socket = connectTls({ socket: raw, ...tlsOptions(address.host, settings) });
    await connected(socket, signal, "secureConnect");
    const connection = new Connection(socket, false);
    socket.on("data", (chunk: Buffer) => connection.receive(chunk, chunk.length));
    return connection;
  }
  raw.destroy();
  if (settings.sslMode !== "prefer")
    throw new Error(`${id} does not offer TLS, and sslmode asks for it`);
  withoutTls.add(id);
  return openPlain(address, signal);
}

async function openPlain(address: HostAddress, signal: AbortSignal): Promise<Connection> {
  let connection: Connection | null = null;
  const socket = connectTcp({
    ...socketOptions(address),
    onread: {
      buffer: receiveBuffer,
      callback(length, buffer) {
        connection?.receive(buffer as Buffer, length);
        return true;
      },
    },
  });
  await connected(socket, signal);
  connection = new Connection(socket, true);
  return connection;
}

function socketOptions({ host, port }: HostAddress): TcpSocketConnectOpts {
  if (!host.startsWith("/")) return { host, port };
  return { path: `${host}/.s.PGSQL.${port}` } as unknown as TcpSocketConnectOpts;
}

function connected<S extends Socket>(
  socket: S,
  signal: AbortSignal,
  event = "connect",
): Promise<S> {
  return new Promise((resolve, reject) => {
    const settle = (error: Error | null): void => {
      socket.off(event, onConnect);
      socket.off("close", onClose);
      signal.removeEventListener("abort", onAbort);
      if (error === null) {
        socket.off("error", onError);
        resolve(socket);
        return;
      }
      // The listener for errors stays, so that a late one is not a crash.
      socket.destroy();
      reject(error);
    };
    const onConnect = (): void => settle(null);
    const onError = (error: Error): void => settle(error);
    const onClose = (): void => settle(new Error("the connection was closed while it was set up"));
    const onAbort = (): void => settle(signal.reason as Error);
    socket.once(event, onConnect);
    socket.on("error", onError);
    socket.once("close", onClose);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}

/** Sends SSLRequest. @returns whether the server agrees. */
function askForTls(socket: Socket, signal: AbortSignal): Promise<boolean> {
  socket.write(encodeSslRequest());
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      socket.destroy();
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    socket.once("error", reject);
    socket.once("close", () =>
      reject(new Error("the server closed the connection instead of TLS")),
    );
    socket.once("data", (data: Buffer) => {
      signal.removeEventListener("abort", onAbort);
      socket.removeAllListeners("close");
      socket.pause();
      // More than one byte would be an attempt to slip plain text in before the handshake.
      if (data.length !== 1)
        reject(new Error("the server sent more than its answer to SSLRequest"));
      else resolve(data[0] === 0x53);
    });
  });
}

function tlsOptions(host: string, { sslMode, sslRootCert }: ConnectSettings): ConnectionOptions {
  const verifies = sslMode === "verify-ca" || sslMode === "verify-full";
  const options: ConnectionOptions = { rejectUnauthorized: verifies || sslRootCert !== null };
  if (sslRootCert !== null && sslRootCert !== "system") options.ca = readFileSync(sslRootCert);
  if (isIP(host) === 0) options.servername = host;
  // Without verify-full libpq checks the chain at most, not the name.
  if (sslMode !== "verify-full") options.checkServerIdentity = () => undefined;
  else options.host = host;
  return options;
}
