import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { findListeningPostmaster, parseTcpListeners } from "./proc-listening-postmaster.ts";

const isLinux = process.platform === "linux";

test.runIf(isLinux)("who listens at a port is told by socket and account", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const [listener, ...others] = parseTcpListeners(readFileSync("/proc/net/tcp", "utf8"), port);
  const own = readdirSync("/proc/self/fd").flatMap((descriptor) => {
    try {
      return [readlinkSync(`/proc/self/fd/${descriptor}`)];
    } catch {
      return []; // The folder's own descriptor.
    }
  });
  expect([listener?.uid, others]).toEqual([process.getuid!(), []]);
  expect(own).toContain(listener?.socket);
  // This program listens, and is no postmaster.
  expect(findListeningPostmaster("127.0.0.1", port)).toBeNull();
  await new Promise((resolve) => server.close(resolve));
  expect(parseTcpListeners(readFileSync("/proc/net/tcp", "utf8"), port)).toEqual([]);
});
