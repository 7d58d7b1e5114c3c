import { readdirSync, readlinkSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import path from "node:path";
import { expect, test } from "vitest";
import { clientSocketsOf } from "./proc-net-sockets.ts";

const isLinux = process.platform === "linux";

function ownSockets(): string[] {
  return readdirSync("/proc/self/fd").flatMap((descriptor) => {
    try {
      return [readlinkSync(`/proc/self/fd/${descriptor}`)];
    } catch {
      return []; // The folder's own descriptor.
    }
  });
}

/** Listens, connects one client, and gives what of this process counts as a client of the port. */
async function clientsWhile(
  listen: (server: Server, ready: () => void) => void,
  dial: (server: Server) => Socket,
  portOf: (server: Server) => number,
): Promise<{ connected: number; after: number }> {
  const accepted: Socket[] = [];
  const server = createServer((socket) => accepted.push(socket));
  await new Promise<void>((resolve) => listen(server, resolve));
  const client = dial(server);
  await new Promise((resolve) => client.once("connect", resolve));
  const count = () => {
    const clients = clientSocketsOf(new Set([portOf(server)]));
    return ownSockets().filter((socket) => clients.has(socket)).length;
  };
  const connected = count();
  const port = portOf(server);
  client.destroy();
  for (const socket of accepted) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  const clients = clientSocketsOf(new Set([port]));
  return { connected, after: ownSockets().filter((socket) => clients.has(socket)).length };
}

test.runIf(isLinux)("finds the client's end of a TCP connection, and only that", async () => {
  const port = (server: Server) => (server.address() as AddressInfo).port;
  const found = await clientsWhile(
    (server, ready) => server.listen(0, "127.0.0.1", ready),
    (server) => connect(port(server), "127.0.0.1"),
    port,
  );
  expect(found).toEqual({ connected: 1, after: 0 });
});

test.runIf(isLinux)(
  "a process with a nameless Unix socket may be a client of the server's",
  async () => {
    const folder = await mkdtemp("/tmp/pgdyno-sockets-");
    const file = path.join(folder, ".s.PGSQL.54321");
    const found = await clientsWhile(
      (server, ready) => server.listen(file, ready),
      () => connect(file),
      () => 54_321,
    );
    await rm(folder, { recursive: true });
    expect(found.connected).toBeGreaterThanOrEqual(1);
    expect(found.after).toBe(0);
  },
);
