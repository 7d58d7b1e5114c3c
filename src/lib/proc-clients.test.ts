import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import path from "node:path";
import { expect, test } from "vitest";
import { localHost } from "../hosts/local-host.ts";
import { type ClientLook, openClientFinder } from "./proc-clients.ts";

const isLinux = process.platform === "linux";

const lookFor = async (ports: readonly number[]) => {
  const { files, ownPid } = localHost();
  return (await openClientFinder({ files, ports, postmasterPid: process.pid, ownPid })).look();
};
const allOf = (programs: readonly { readonly pid: number }[], look: ClientLook) =>
  Promise.all(programs.map(({ pid }) => look.mayBeClient(pid)));

/** This very process is the server; programs beside it connect to it, or do not. */
async function withServer<T>(at: number | string, play: (server: Stand) => Promise<T>): Promise<T> {
  const accepted: Socket[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => undefined); // The program that connected was ended.
    accepted.push(socket);
  });
  await new Promise<void>((resolve) => listen(server, at, resolve));
  const programs: ChildProcess[] = [];
  const address = server.address();
  const port = typeof address === "string" ? 0 : (address as AddressInfo).port;
  const start = async (code: string) => {
    const child = spawn(process.execPath, ["-e", `const net = require("net"); ${code}`]);
    programs.push(child);
    const [text] = (await once(child.stdout, "data")) as [Buffer];
    return { pid: child.pid!, said: Number(text.toString()) };
  };
  try {
    return await play({ port, start });
  } finally {
    for (const program of programs) {
      program.kill("SIGKILL");
      await once(program, "exit");
    }
    for (const socket of accepted) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

interface Stand {
  readonly port: number;
  /** Runs a program that says a number once it is ready, and goes on. */
  start(code: string): Promise<{ readonly pid: number; readonly said: number }>;
}

function listen(server: Server, at: number | string, ready: () => void): void {
  if (typeof at === "string") server.listen(at, ready);
  else server.listen(at, "127.0.0.1", ready);
}

const connectTo = (where: string) =>
  `net.connect(${where}).once("connect", () => console.log(1)).on("error", () => {});`;
const LISTEN = `const s = net.createServer((c) => c.on("error", () => {})); s.listen(0, "127.0.0.1", () => console.log(s.address().port));`;

test.runIf(isLinux)("tells a client from a program that has nothing to do with the server", () =>
  withServer(0, async ({ port, start }) => {
    const client = await start(connectTo(`${port}, "127.0.0.1"`));
    const alone = await start("console.log(1); setInterval(() => {}, 1000);");
    const other = await start(LISTEN);
    const elsewhere = await start(connectTo(`${other.said}, "127.0.0.1"`));
    // Its own ports are looked up: the observer may have come through another one.
    const look = await lookFor([]);
    const found = await allOf([client, alone, other, elsewhere], look);
    expect(found).toEqual([true, false, false, false]);
  }),
);

test.runIf(isLinux)("whoever is connected to a pooler of the server may be its client", () =>
  withServer(0, async ({ port, start }) => {
    const pooler = await start(
      `net.connect(${port}, "127.0.0.1").on("error", () => {}); ${LISTEN}`,
    );
    const behind = await start(connectTo(`${pooler.said}, "127.0.0.1"`));
    const look = await lookFor([port]);
    expect(await allOf([pooler, behind], look)).toEqual([true, true]);
  }),
);

test.runIf(isLinux)(
  "a program with a nameless Unix socket may be a client, but not for its standard streams",
  async () => {
    const folder = await mkdtemp("/tmp/pgdyno-sockets-");
    await withServer(path.join(folder, ".s.PGSQL.54321"), async ({ start }) => {
      const client = await start(connectTo(`"${path.join(folder, ".s.PGSQL.54321")}"`));
      // Its streams are sockets, as those of a service are.
      const alone = await start("console.log(1); setInterval(() => {}, 1000);");
      const look = await lookFor([54_321]);
      expect(await allOf([client, alone], look)).toEqual([true, false]);
    });
    await rm(folder, { recursive: true });
  },
);
