import type { HostAddress } from "../../../lib/endpoint.ts";
import { chown, readFile, rename, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import type { UndoEntry, Undoing } from "../../../contracts/context.ts";
import { findPostmaster } from "../../../lib/postgresql-process.ts";
import { formatUpstream, MEMBER_CONF } from "./member-conf.ts";

interface Detour {
  readonly dataDirectory: string;
  /** The proxy. */
  readonly via: HostAddress;
  /** The primary itself. */
  readonly to: HostAddress;
}

/** `$1` the settings, `$2` what to look for, `$3` what to write, `$4` the lock file with the postmaster's number. */
const LEAD = `grep -q "$2" "$1" && cp -p "$1" "$1.guard" && sed "s/$2/$3/" "$1" > "$1.guard" && mv "$1.guard" "$1" && kill -HUP "$(head -n 1 "$4")"`;

/** How others lead a standby's WAL stream straight again: the address in its settings is the proxy's. */
export function undoingOfDetour({ dataDirectory, via, to }: Detour): Undoing {
  const file = path.join(dataDirectory, MEMBER_CONF);
  const lock = path.join(dataDirectory, "postmaster.pid");
  return {
    entry: { undo: "lead-straight", dataDirectory, via, to },
    guard: { script: LEAD, args: [file, formatUpstream(via), formatUpstream(to), lock] },
  };
}

/**
 * Writes the primary's own address where the proxy's stands, and has the standby read it. One that
 * follows somebody else by now, or is gone, is left as it is. Safe to call twice.
 */
export async function undoLeadStraight({
  dataDirectory,
  via,
  to,
}: Extract<UndoEntry, { undo: "lead-straight" }>): Promise<void> {
  const file = path.join(dataDirectory, MEMBER_CONF);
  const text = await readFile(file, "utf8").catch(() => null); // Its folder is gone.
  if (text?.includes(formatUpstream(via)) !== true) return;
  const { uid, gid, mode } = await stat(file);
  const temporary = `${file}.new`;
  const straight = text.replace(formatUpstream(via), formatUpstream(to));
  await writeFile(temporary, straight, { mode: mode & 0o777 });
  await chown(temporary, uid, gid);
  await rename(temporary, file);
  const postmaster = findPostmaster(dataDirectory);
  if (postmaster !== null) process.kill(postmaster.pid, "SIGHUP");
}
