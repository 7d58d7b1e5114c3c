import { readdirSync, readlinkSync, statSync } from "node:fs";
import { readTextOrNull } from "./proc-files.ts";
import { parseProcessStat } from "./proc-stat.ts";

/** Somebody who listens: the socket as `/proc/<pid>/fd` names it, and the account that opened it. */
interface Listener {
  readonly socket: string;
  readonly uid: number;
}

/**
 * The postmaster of this machine that listens at an address; `null` where there is none, or it cannot be
 * told from others. Asks no server.
 *
 * The descriptors of another account's process are hidden. Then it is the only postmaster of the account
 * that listens, or none.
 */
export function findListeningPostmaster(host: string, port: number): number | null {
  const listeners = host.startsWith("/")
    ? unixListeners(`${host}/.s.PGSQL.${port}`)
    : ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) =>
        parseTcpListeners(readTextOrNull(file) ?? "", port),
      );
  const candidates = postmasters().filter((pid) =>
    listeners.some(({ uid }) => uid === ownerOf(pid)),
  );
  const known = candidates.find((pid) =>
    socketsOf(pid)?.some((socket) => listeners.some((listener) => listener.socket === socket)),
  );
  if (known !== undefined) return known;
  const hidden = candidates.filter((pid) => socketsOf(pid) === null);
  return hidden.length === 1 && hidden.length === candidates.length ? hidden[0]! : null;
}

/**
 * Lines of `/proc/net/tcp`: state 0A listens.
 *
 * @see https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html
 */
export function parseTcpListeners(text: string, port: number): readonly Listener[] {
  return text.split("\n").flatMap((line) => {
    const { 1: local = "", 3: state, 7: uid, 9: inode } = line.trim().split(/\s+/);
    const isIt = state === "0A" && Number.parseInt(local.split(":")[1] ?? "", 16) === port;
    return isIt ? [{ socket: `socket:[${inode}]`, uid: Number(uid) }] : [];
  });
}

function unixListeners(file: string): readonly Listener[] {
  const inodes = (readTextOrNull("/proc/net/unix") ?? "")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .flatMap(({ 6: inode, 7: path }) => (path === file ? [inode] : []));
  try {
    const { uid } = statSync(file);
    return inodes.map((inode) => ({ socket: `socket:[${inode}]`, uid }));
  } catch {
    return []; // Nobody listens there.
  }
}

function postmasters(): readonly number[] {
  const isPostgres = (command: string) => /^(?:postgres|postmaster)$/.test(command);
  const stats = readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const stat = parseProcessStat(readTextOrNull(`/proc/${name}/stat`) ?? "");
    return stat !== null && isPostgres(stat.command) ? [stat] : [];
  });
  const pids = new Set(stats.map(({ pid }) => pid));
  return stats.filter(({ parent }) => !pids.has(parent)).map(({ pid }) => pid);
}

function ownerOf(pid: number): number | null {
  try {
    return statSync(`/proc/${pid}`).uid;
  } catch {
    return null; // It has just ended.
  }
}

/** `null` where they are hidden. */
function socketsOf(pid: number): readonly string[] | null {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${descriptor}`)];
      } catch {
        return []; // Closed meanwhile.
      }
    });
  } catch {
    return null;
  }
}
