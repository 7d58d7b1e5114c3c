import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { OPEN_WAY, type LinkShape, type WayShape } from "./link-shape.ts";
import { startProxy, type TcpProxy } from "./start-proxy.ts";

const OPEN: LinkShape = { there: OPEN_WAY, back: OPEN_WAY };
const both = (way: Partial<WayShape>): LinkShape => ({
  there: { ...OPEN_WAY, ...way },
  back: { ...OPEN_WAY, ...way },
});

let closing: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  closing = [];
});

/** A server, a proxy before it, and a client through it. */
async function scene(
  onConnection: (socket: Socket) => void,
  shape: LinkShape,
): Promise<{ proxy: TcpProxy; client: Socket; accepted: () => number }> {
  let accepted = 0;
  const server: Server = createServer((socket) => {
    accepted += 1;
    socket.setNoDelay(true);
    socket.on("error", () => undefined); // Resets are part of it.
    closing.push(() => void socket.destroy());
    onConnection(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => void server.close());
  const { port } = server.address() as { port: number };
  const proxy = await startProxy({ to: { host: "127.0.0.1", port }, shape, seed: 1 });
  closing.push(() => proxy.close());
  const client = connect({ ...proxy.address, noDelay: true });
  client.on("error", () => undefined);
  closing.push(() => void client.destroy());
  await once(client, "connect");
  return { proxy, client, accepted: () => accepted };
}

const echo = (socket: Socket) => void socket.pipe(socket);

/** Milliseconds from a byte to its echo, many times; sorted. */
async function roundTrips(client: Socket, count: number): Promise<number[]> {
  const tripsMs: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const sentMs = performance.now();
    client.write("x");
    await once(client, "data");
    tripsMs.push(performance.now() - sentMs);
  }
  return tripsMs.sort((a, b) => a - b);
}

const median = (sorted: readonly number[]) => sorted[Math.floor(sorted.length / 2)]!;

test("carries what it is given, both ways, and the end of it", async () => {
  const { client } = await scene(echo, OPEN);
  const sent = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * 7 + (i >> 8)) & 255));
  client.end(sent);
  const received: Buffer[] = [];
  for await (const chunk of client) received.push(chunk as Buffer);
  expect(Buffer.concat(received).equals(sent)).toBe(true);
});

test("adds its latency to each direction, and nothing where there is none", async () => {
  const { proxy, client } = await scene(echo, OPEN);
  const straightMs = median(await roundTrips(client, 50));
  await proxy.set(both({ latencyMs: 20 }));
  const trips = await roundTrips(client, 25);
  // Never early; late by the thread's timers and by a machine that is busy with other things.
  expect(trips[0]! - straightMs).toBeGreaterThan(38);
  expect(median(trips) - straightMs).toBeLessThan(50);
  await proxy.set(OPEN);
  expect(median(await roundTrips(client, 50))).toBeLessThan(10);
});

test("lets no more through than its bandwidth, and nearly that", async () => {
  const bandwidthBytesPerS = 4_000_000;
  const total = 4_000_000;
  const { client } = await scene(
    (socket) => socket.end(Buffer.alloc(total)),
    both({ bandwidthBytesPerS }),
  );
  const startedMs = performance.now();
  let received = 0;
  for await (const chunk of client) received += (chunk as Buffer).length;
  const rate = received / ((performance.now() - startedMs) / 1000);
  expect(received).toBe(total);
  expect(rate / bandwidthBytesPerS).toBeGreaterThan(0.8);
  expect(rate / bandwidthBytesPerS).toBeLessThan(1.1);
});

test("holds everything while it is cut, loses nothing, and calls nobody meanwhile", async () => {
  const { proxy, client, accepted } = await scene(echo, OPEN);
  await roundTrips(client, 1);
  await proxy.set(both({ isCut: true }));
  let heard = "";
  client.on("data", (chunk: Buffer) => (heard += chunk.toString()));
  client.write("hello");
  const second = connect(proxy.address);
  closing.push(() => void second.destroy());
  await once(second, "connect");
  await sleep(150);
  expect([heard, accepted()]).toEqual(["", 1]);
  await proxy.set(OPEN);
  await expect.poll(() => [heard, accepted()]).toEqual(["hello", 2]);
});

test("cut one way, it still carries the other", async () => {
  let heard = "";
  const { proxy, client } = await scene((socket) => {
    socket.on("data", (chunk: Buffer) => (heard += chunk.toString()));
    socket.write("welcome");
  }, OPEN);
  await once(client, "data");
  await proxy.set({ there: OPEN_WAY, back: { ...OPEN_WAY, isCut: true } });
  let answered = "";
  client.on("data", (chunk: Buffer) => (answered += chunk.toString()));
  client.write("there");
  await expect.poll(() => heard).toBe("there");
  expect(answered).toBe("");
});

test("resets what goes through it, and takes new connections", async () => {
  const { proxy, client } = await scene(echo, OPEN);
  await roundTrips(client, 1);
  const failed = once(client, "error") as Promise<[NodeJS.ErrnoException]>;
  await proxy.reset();
  expect((await failed)[0].code).toBe("ECONNRESET");
  const again = connect(proxy.address);
  closing.push(() => void again.destroy());
  expect(await roundTrips(again, 1)).toHaveLength(1);
  await expect.poll(() => proxy.connections()).toBe(1);
});

test("is gone when it is closed", async () => {
  const { proxy, client } = await scene(echo, OPEN);
  client.on("error", () => undefined); // A reset is an end too.
  const ended = new Promise((resolve) => client.once("close", resolve));
  await proxy.close();
  await proxy.close();
  await ended;
  const late = connect(proxy.address);
  const [error] = (await once(late, "error")) as [NodeJS.ErrnoException];
  expect(error.code).toBe("ECONNREFUSED");
});
