/**
 * Tells by its sockets whether a process may be a client of a PostgreSQL on its host. One that may
 * not is surely none: where that is in doubt (a pooler between them, another network of a container,
 * descriptors that may not be read) it may be one.
 */
import type { HostFiles } from "./host-files.ts";
import { listPids } from "./host-processes.ts";
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
  mayBeClient(pid: number): Promise<boolean>;
}

/** Looks for clients of one server, again and again. */
export interface ClientFinder {
  /** The sockets as they are now. Tables are read only where somebody is asked about. */
  look(): ClientLook;
}

interface FinderOptions {
  readonly files: HostFiles;
  /** Those that the observer itself connects to; the server's own are looked up. */
  readonly ports: Iterable<number>;
  readonly postmasterPid: number;
  /** Of this very program, where it runs there. */
  readonly ownPid: number | null;
}

/** Finds the ports that the server listens on. */
export async function openClientFinder(options: FinderOptions): Promise<ClientFinder> {
  const { files, postmasterPid, ownPid } = options;
  const [server = null] = await socketsOf(files, [postmasterPid]);
  const listening = portsAmong(server?.all ?? [], await readTcpSockets(files, "self"));
  const ports: ReadonlySet<number> = new Set([...options.ports, ...listening]);
  const ownNetwork = await networkOf(files, "self");
  let poolers: ReadonlySet<number> | null = null;
  let looks = 0;
  return {
    look() {
      if (looks % LOOKS_PER_SEARCH === 0) poolers = null;
      looks += 1;
      const tcp = lazy(() => readTcpSockets(files, "self"));
      const unix = lazy(() => unixClients(files, ports));
      const direct = lazy(async () => leadingTo(ports, await tcp()));
      const any = lazy(async () => new Set((await tcp()).map(({ socket }) => socket)));
      const indirect = lazy(async () => {
        poolers ??= await findPoolers(
          { files, ports, not: [postmasterPid, ownPid] },
          await tcp(),
          await unix(),
        );
        return leadingTo(poolers, await tcp());
      });
      return {
        async mayBeClient(pid) {
          const [open = null] = await socketsOf(files, [pid]);
          if (open === null) return true;
          if ((await networkOf(files, pid)) !== ownNetwork) return isConnected(files, pid, open);
          const holds = (sockets: ReadonlySet<string>) => open.all.some((one) => sockets.has(one));
          if (holds(await direct())) return true;
          const nameless = await unix();
          if (open.beyondStreams.some((one) => nameless.has(one))) return true;
          // Whoever has no connection at all needs no search for poolers.
          return holds(await any()) && holds(await indirect());
        },
      };
    },
  };
}

interface PoolerSearch {
  readonly files: HostFiles;
  readonly ports: ReadonlySet<number>;
  /** Processes that are none. */
  readonly not: readonly (number | null)[];
}

/** Ports of programs there that are clients of the server themselves, and take connections. */
async function findPoolers(
  { files, ports, not }: PoolerSearch,
  tcp: readonly TcpSocket[],
  unix: ReadonlySet<string>,
): Promise<ReadonlySet<number>> {
  const found = new Set<number>();
  const pids = (await listPids(files)).filter((pid) => !not.includes(pid));
  const programs = (await socketsOf(files, pids)).filter((open) => open !== null);
  for (let hop = 0; hop < HOPS_MAX; hop += 1) {
    const clients = leadingTo(new Set([...ports, ...found]), tcp);
    const before = found.size;
    for (const open of programs) {
      const isClient =
        open.all.some((one) => clients.has(one)) || open.beyondStreams.some((one) => unix.has(one));
      if (isClient) for (const port of portsAmong(open.all, tcp)) found.add(port);
    }
    if (found.size === before) break;
  }
  for (const port of ports) found.delete(port);
  return found;
}

/** Sockets that lead to one of these ports. A client of a pooler elsewhere leads to a machine that is connected here. */
function leadingTo(ports: ReadonlySet<number>, tcp: readonly TcpSocket[]): ReadonlySet<string> {
  // Where the other end is in the table as well, both are on that host.
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

function portsAmong(sockets: readonly string[], tcp: readonly TcpSocket[]): number[] {
  const listening = new Map(
    tcp.filter(({ isListening }) => isListening).map((one) => [one.socket, one.localPort]),
  );
  return sockets.flatMap((socket) => listening.get(socket) ?? []);
}

/** In another network the server's port may have another number: any connection may lead to it. */
async function isConnected(files: HostFiles, pid: number, open: OpenSockets): Promise<boolean> {
  const tcp = await readTcpSockets(files, pid);
  const connected = new Set(
    tcp.flatMap(({ isListening, socket }) => (isListening ? [] : [socket])),
  );
  return open.all.some((socket) => connected.has(socket));
}

interface OpenSockets {
  readonly all: readonly string[];
  readonly beyondStreams: readonly string[];
}

/** Of each process; `null` where its descriptors may not be read: another user's, nobody can tell. */
async function socketsOf(
  files: HostFiles,
  pids: readonly number[],
): Promise<readonly (OpenSockets | null)[]> {
  const lists = await files.list(pids.map((pid) => `/proc/${pid}/fd`));
  const paths = lists.flatMap((names, i) =>
    (names ?? []).map((descriptor) => `/proc/${pids[i]}/fd/${descriptor}`),
  );
  const targets = await files.links(paths);
  let at = 0;
  return lists.map((descriptors) => {
    if (descriptors === null) return null;
    const open = descriptors.map((descriptor) => ({ descriptor, target: targets[at++] ?? "" }));
    const sockets = open.filter(({ target }) => target.startsWith("socket:"));
    return {
      all: sockets.map(({ target }) => target),
      beyondStreams: sockets.flatMap(({ descriptor, target }) =>
        STREAMS.includes(descriptor) ? [] : [target],
      ),
    };
  });
}

/** `null` where that may not be told: no Linux, or another user's process. */
async function networkOf(files: HostFiles, pid: number | "self"): Promise<string | null> {
  const [network = null] = await files.links([`/proc/${pid}/ns/net`]);
  return network;
}

/** Made when it is first asked for. */
function lazy<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
