import { readTextOrNull } from "./proc-files.ts";

/**
 * Sockets of this machine, as `/proc/<pid>/fd` names them (`socket:[4711]`), that may be the client's
 * end of a connection to a PostgreSQL on one of these ports.
 *
 * Over TCP the ports tell. Of a Unix socket the kernel does not show here who the peer is: where the
 * server's socket has connections, every nameless connected one may be theirs.
 *
 * @see https://man7.org/linux/man-pages/man5/proc_pid_net.5.html
 */
export function clientSocketsOf(ports: ReadonlySet<number>): ReadonlySet<string> {
  return new Set([
    ...["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) =>
      parseTcpClients(readTextOrNull(file) ?? "", ports),
    ),
    ...parseUnixClients(readTextOrNull("/proc/net/unix") ?? "", ports),
  ]);
}

/** Lines of `/proc/net/tcp`: the remote address ends in the port, as hexadecimal digits. */
export function parseTcpClients(text: string, ports: ReadonlySet<number>): string[] {
  return text.split("\n").flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const port = Number.parseInt(fields[2]?.split(":")[1] ?? "", 16);
    const inode = fields[9] ?? "0";
    return ports.has(port) && inode !== "0" ? [`socket:[${inode}]`] : [];
  });
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
