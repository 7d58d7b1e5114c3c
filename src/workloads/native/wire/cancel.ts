import { connect } from "node:net";
import { encodeCancel } from "./messages.ts";
import type { HostAddress } from "./open-socket.ts";

/**
 * Asks the server to cancel what a connection is doing. Nobody is told whether it worked; the
 * request goes in plain text, as the protocol allows, and fails silently where TLS is mandatory.
 */
export function sendCancel(
  { host, port }: HostAddress,
  of: { readonly processId: number; readonly secretKey: Buffer },
  timeoutMs: number,
): Promise<void> {
  return new Promise((resolve) => {
    const socket = host.startsWith("/")
      ? connect({ path: `${host}/.s.PGSQL.${port}` })
      : connect({ host, port });
    socket.setTimeout(timeoutMs, () => socket.destroy());
    socket.on("error", () => socket.destroy());
    socket.on("close", () => resolve());
    socket.on("connect", () => socket.end(encodeCancel(of.processId, of.secretKey)));
  });
}
