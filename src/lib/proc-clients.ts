/**
 * Tells by its sockets whether a process may be a client of a PostgreSQL on this machine. One that may
 * not is surely none: where that is in doubt (a pooler between them, another network of a container,
 * descriptors that may not be read) it may be one.
 */
import { readdirSync, readlinkSync } from "node:fs";
import { readTcpSockets, type TcpSocket, unixClients } from "./proc-net-sockets.ts";

/** Standard streams are no connections to a database; those of a service lead to the system's log. */
const STREAMS = ["0", "1", "2"];
/** Poolers come and go seldom, and to find them the descriptors of every process are read. */
const LOOKS_PER_SEARCH = 10;
/** A pooler behind a pooler, and one more. */
const HOPS_MAX = 3;

/** Sockets as they were at one time. */
export interface ClientLook {
  /** Reads the descriptors of the process. */
  mayBeClient(pid: number): boolean;
}

/** Looks for clients of one server, again and again. */
export class ClientFinder {
  readonly #postmasterPid: number;
  readonly #ports: ReadonlySet<number>;
  readonly #ownNetwork = networkOf("self");
  #poolers: ReadonlySet<number> | null = null;
  #looks = 0;

  /** `ports` are those that the observer itself connects to; the server's own are looked up. */
  constructor(ports: Iterable<number>, postmasterPid: number) {
    this.#ports = new Set([...ports, ...listeningPortsOf(postmasterPid, readTcpSockets("self"))]);
    this.#postmasterPid = postmasterPid;
  }

  /** The sockets as they are now. Tables are read only where somebody is asked about. */
  look(): ClientLook {
    if (this.#looks % LOOKS_PER_SEARCH === 0) this.#poolers = null;
    this.#looks += 1;
    const tcp = lazy(() => readTcpSockets("self"));
    const unix = lazy(() => unixClients(this.#ports));
    const direct = lazy(() => leadingTo(this.#ports, tcp()));
    const any = lazy(() => new Set(tcp().map(({ socket }) => socket)));
    const indirect = lazy(() => {
      this.#poolers ??= this.#findPoolers(tcp(), unix());
      return leadingTo(this.#poolers, tcp());
    });
    return {
      mayBeClient: (pid) => {
        const open = socketsOf(pid);
        if (open === null) return true;
        if (networkOf(pid) !== this.#ownNetwork) return isConnected(pid, open);
        const holds = (sockets: ReadonlySet<string>) => open.all.some((one) => sockets.has(one));
        if (holds(direct()) || open.beyondStreams.some((one) => unix().has(one))) return true;
        // Whoever has no connection at all needs no search for poolers.
        return holds(any()) && holds(indirect());
      },
    };
  }

  /** Ports of programs here that are clients of the server themselves, and take connections. */
  #findPoolers(tcp: readonly TcpSocket[], unix: ReadonlySet<string>): ReadonlySet<number> {
    const found = new Set<number>();
    const programs = readPids().filter((pid) => pid !== this.#postmasterPid && pid !== process.pid);
    for (let hop = 0; hop < HOPS_MAX; hop += 1) {
      const clients = leadingTo(new Set([...this.#ports, ...found]), tcp);
      const before = found.size;
      for (const pid of programs) {
        const open = socketsOf(pid);
        const isClient =
          open === null ||
          open.all.some((one) => clients.has(one)) ||
          open.beyondStreams.some((one) => unix.has(one));
        if (open === null || !isClient) continue;
        for (const port of portsAmong(open.all, tcp)) found.add(port);
      }
      if (found.size === before) break;
    }
    for (const port of this.#ports) found.delete(port);
    return found;
  }
}

/** Sockets that lead to one of these ports. A client of a pooler elsewhere leads to a machine that is connected here. */
function leadingTo(ports: ReadonlySet<number>, tcp: readonly TcpSocket[]): ReadonlySet<string> {
  // Where the other end is in the table as well, both are on this machine.
  const ends = new Set(tcp.map(({ localPort, remotePort }) => `${localPort} ${remotePort}`));
  const peers = new Set(
    tcp
      .filter(({ isListening, localPort }) => !isListening && ports.has(localPort))
      .filter(({ localPort, remotePort }) => !ends.has(`${remotePort} ${localPort}`))
      .map(({ remoteAddress }) => remoteAddress),
  );
  return new Set(
    tcp
      .filter(
        ({ isListening, localPort, remotePort, remoteAddress }) =>
          !isListening &&
          !ports.has(localPort) &&
          (ports.has(remotePort) || peers.has(remoteAddress)),
      )
      .map(({ socket }) => socket),
  );
}

function listeningPortsOf(pid: number, tcp: readonly TcpSocket[]): number[] {
  return portsAmong(socketsOf(pid)?.all ?? [], tcp);
}

function portsAmong(sockets: readonly string[], tcp: readonly TcpSocket[]): number[] {
  const listening = new Map(
    tcp.filter(({ isListening }) => isListening).map((one) => [one.socket, one.localPort]),
  );
  return sockets.flatMap((socket) => listening.get(socket) ?? []);
}

/** In another network the server's port may have another number: any connection may lead to it. */
function isConnected(pid: number, open: OpenSockets): boolean {
  const connected = new Set(
    readTcpSockets(pid).flatMap(({ isListening, socket }) => (isListening ? [] : [socket])),
  );
  return open.all.some((socket) => connected.has(socket));
}

interface OpenSockets {
  readonly all: readonly string[];
  readonly beyondStreams: readonly string[];
}

/** `null` where its descriptors may not be read. */
function socketsOf(pid: number): OpenSockets | null {
  try {
    const open = readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
      try {
        const target = readlinkSync(`/proc/${pid}/fd/${descriptor}`);
        return target.startsWith("socket:") ? [{ descriptor, target }] : [];
      } catch {
        return []; // Closed meanwhile.
      }
    });
    return {
      all: open.map(({ target }) => target),
      beyondStreams: open.flatMap(({ descriptor, target }) =>
        STREAMS.includes(descriptor) ? [] : [target],
      ),
    };
  } catch {
    return null; // Another user's: nobody can tell.
  }
}

function networkOf(pid: number | "self"): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return null; // No Linux, or another user's.
  }
}

function readPids(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
