import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import type { Stage } from "./stage.ts";

/** A port that leads to another one over a line that delays everything, each way; the delay may change. */
export async function slowLine(
  stage: Stage,
  toPort: number,
  delayMs: number | (() => number),
): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(toPort, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      // The line is slow by itself, not for waiting until packets are worth sending.
      from.setNoDelay(true);
      from.on("data", (data) => {
        setTimeout(
          () => {
            if (to.writable) to.write(data);
          },
          typeof delayMs === "number" ? delayMs : delayMs(),
        );
      });
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stage.later(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}
