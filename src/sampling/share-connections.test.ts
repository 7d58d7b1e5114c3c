import { expect, test } from "vitest";
import type { Instance } from "../contracts/instance.ts";
import { DynoError } from "../lib/errors.ts";
import type { MonitorSession } from "./monitor-session.ts";
import { shareConnections } from "./share-connections.ts";

const INSTANCE = { name: "pg1" } as Instance;
const FULL = new DynoError("CONNECTION_SLOTS_TAKEN", { where: "it", because: "", remedy: "" });

/** A server with so many free slots; `asked` counts attempts. */
function serverWith(freeSlots: number, isLast = false) {
  const server = { free: freeSlots, asked: 0, told: 0, nowMs: 0 };
  const connect = async (): Promise<MonitorSession> => {
    server.asked += 1;
    if (server.free === 0) throw FULL;
    server.free -= 1;
    let isOpen = true;
    return {
      query: () => Promise.resolve([{ pid: server.asked }]),
      hasColumns: () => Promise.resolve(true),
      isOpen: () => isOpen,
      isLast,
      close: () => {
        if (isOpen) server.free += 1;
        isOpen = false;
        return Promise.resolve();
      },
    };
  };
  const connections = shareConnections({
    connect,
    onShared: () => (server.told += 1),
    now: () => server.nowMs,
  });
  return { server, open: () => connections.open(INSTANCE) };
}

test("two readers share the only session, and whoever comes after its end opens a new one", async () => {
  const { server, open } = serverWith(1);
  const [own, lent] = await Promise.all([open(), open()]);
  expect(server).toMatchObject({ free: 0, asked: 2, told: 1 });
  await lent.close();
  expect([own.isOpen(), lent.isOpen(), server.free]).toEqual([true, false, 0]);
  const again = await open();
  await own.close();
  expect([again.isOpen(), server.free]).toEqual([false, 1]);
  expect((await open()).isOpen()).toBe(true);
  expect(server.told).toBe(1);
});

test("a session that says that it is the last is shared without asking for another", async () => {
  const { server, open } = serverWith(5, true);
  await Promise.all([open(), open(), open()]);
  expect(server).toMatchObject({ free: 4, asked: 1, told: 1 });
});

test("a full server is asked once a second", async () => {
  const { server, open } = serverWith(0);
  const refused = () => expect(open()).rejects.toBe(FULL);
  await refused();
  await refused();
  server.nowMs = 999;
  await refused();
  expect(server.asked).toBe(1);
  server.nowMs = 1000;
  server.free = 1;
  await open();
  expect(server.asked).toBe(2);
});
