import type { Endpoint, EndpointHost } from "../../../lib/endpoint.ts";
import { dial, type Way } from "../../../lib/pg-dial.ts";
import { Connection } from "./connection.ts";

/**
 * One buffer for the reads of every plain connection of a thread: each read is taken in before the
 * next one starts, and a warm buffer is cheaper than many cold ones.
 */
const RECEIVE_BYTES = 65_536;
const receiveBuffer = Buffer.allocUnsafeSlow(RECEIVE_BYTES);

/** Opens a connection on a socket of the endpoint. Rejects when the signal fires. */
export async function openSocket(
  host: EndpointHost,
  endpoint: Endpoint,
  options: { readonly way: Way; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Connection> {
  let connection: Connection | null = null;
  const onread = {
    buffer: receiveBuffer,
    callback(length: number, buffer: Uint8Array) {
      connection?.receive(buffer as Buffer, length);
      return true;
    },
  };
  const socket = await dial(endpoint, host, { ...options, onread });
  const isPlain = options.way === "plain";
  const opened = new Connection(socket, isPlain);
  connection = opened;
  if (!isPlain) socket.on("data", (chunk: Buffer) => opened.receive(chunk, chunk.length));
  return opened;
}
