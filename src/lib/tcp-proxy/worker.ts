/** The thread that carries the bytes: neither the load nor the probes delay them more than is asked. */
import { createServer } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import { randomFrom } from "../random.ts";
import { carryConnection, type CarriedConnection } from "./carry-connection.ts";
import type { LinkShape } from "./link-shape.ts";
import type { ProxyAnswer, ProxyRequest, ProxySettings } from "./messages.ts";

const settings = workerData as ProxySettings;
const random = randomFrom(settings.seed);
const connections = new Set<CarriedConnection>();
let shape: LinkShape = settings.shape;

const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (near) => {
  const connection: CarriedConnection = carryConnection(near, {
    to: settings.to,
    shape: () => shape,
    next: () => random.next(),
    onClose: () => connections.delete(connection),
  });
  connections.add(connection);
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  answer({ kind: "listening", port });
});
parentPort!.on("message", (request: ProxyRequest) => {
  if (request.shape !== undefined) {
    shape = request.shape;
    for (const connection of connections) connection.wake();
  }
  if (request.reset === true) for (const connection of connections) connection.reset();
  answer({ kind: "done", number: request.number, connections: connections.size });
});

function answer(message: ProxyAnswer): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- A thread has no origin.
  parentPort!.postMessage(message);
}
