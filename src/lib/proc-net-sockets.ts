import { type HostFiles, readFileOn } from "./host-files.ts";

/** One line of `/proc/net/tcp`. */
export interface TcpSocket {
  readonly localPort: number;
  /** As the kernel writes it, hexadecimal digits. */
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly isListening: boolean;
  /** As `/proc/<pid>/fd` names it: `socket:[4711]`. */
  readonly socket: string;
}

const LISTEN = "0A";

/**
 * TCP sockets of the network that a process is in, over both address families.
 *
 * @see https://man7.org/linux/man-pages/man5/proc_pid_net.5.html
 */
export async function readTcpSockets(
  files: HostFiles,
  pid: number | "self",
): Promise<readonly TcpSocket[]> {
  const texts = await files.read(["tcp", "tcp6"].map((file) => `/proc/${pid}/net/${file}`));
  return texts.flatMap((text) => parseTcpSockets(text ?? ""));
}

/** Lines of `/proc/net/tcp`: an address ends in the port, as hexadecimal digits. */
export function parseTcpSockets(text: string): TcpSocket[] {
  return text.split("\n").flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [, localPort] = addressOf(fields[1]);
    const [remoteAddress, remotePort] = addressOf(fields[2]);
    const inode = fields[9] ?? "0";
    if (Number.isNaN(localPort) || Number.isNaN(remotePort) || inode === "0") return [];
    const isListening = fields[3] === LISTEN;
    return [{ localPort, remoteAddress, remotePort, isListening, socket: `socket:[${inode}]` }];
  });
}

function addressOf(field: string | undefined): readonly [string, number] {
  const [address = "", port = ""] = field?.split(":") ?? [];
  return [address, Number.parseInt(port, 16)];
}

/**
 * Unix sockets of a host that may be the client's end of a connection to a PostgreSQL on one of
 * these ports. The kernel does not show here who the peer is: where the server's socket has
 * connections, every nameless connected one may be theirs.
 */
export async function unixClients(
  files: HostFiles,
  ports: ReadonlySet<number>,
): Promise<ReadonlySet<string>> {
  return new Set(parseUnixClients((await readFileOn(files, "/proc/net/unix")) ?? "", ports));
}

/** Lines of `/proc/net/unix`: type 0001 is a stream, state 03 is connected. */
export function parseUnixClients(text: string, ports: ReadonlySet<number>): string[] {
  const lines = text.split("\n").map((line) => line.trim().split(/\s+/));
  const isConnected = (fields: readonly string[]) => fields[4] === "0001" && fields[5] === "03";
  const isServers = ({ 7: path = "" }: readonly string[]) =>
    [...ports].some((port) => path.endsWith(`/.s.PGSQL.${port}`));
  if (!lines.some((fields) => isConnected(fields) && isServers(fields))) return [];
  return lines.flatMap((fields) =>
    isConnected(fields) && fields[7] === undefined ? [`socket:[${fields[6]}]`] : [],
  );
}
