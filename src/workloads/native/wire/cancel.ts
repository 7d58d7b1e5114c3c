import type { Endpoint, EndpointHost } from "../../../lib/endpoint.ts";
import { dial, type Way } from "../../../lib/pg-dial.ts";
import { encodeCancel } from "./messages.ts";

/** How a connection reached its server, so that a cancel request goes the same way. */
export interface Route {
  readonly endpoint: Endpoint;
  readonly host: EndpointHost;
  readonly way: Way;
}

/**
 * Asks the server to cancel what a connection is doing. Nobody is told whether it worked.
 *
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
 */
export async function sendCancel(
  { endpoint, host, way }: Route,
  of: { readonly processId: number; readonly secretKey: Buffer },
  timeoutMs: number,
): Promise<void> {
  const { signal } = new AbortController();
  const socket = await dial(endpoint, host, { way, timeoutMs, signal }).catch(() => null);
  if (socket === null) return;
  await new Promise<void>((resolve) => {
    socket.setTimeout(timeoutMs, () => socket.destroy());
    socket.on("error", () => socket.destroy());
    socket.on("close", () => resolve());
    socket.resume();
    socket.end(encodeCancel(of.processId, of.secretKey));
  });
}
