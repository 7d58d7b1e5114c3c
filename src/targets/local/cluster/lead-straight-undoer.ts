import { chown, readFile, rename, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { defineGuardedUndoer } from "../../../contracts/undoer.ts";
import { findPostmaster } from "../../../lib/postgresql-process.ts";
import { formatUpstream, MEMBER_CONF } from "./member-conf.ts";

const ADDRESS = z.object({ host: z.string(), port: z.number() });

/** `$1` the settings, `$2` what to look for, `$3` what to write, `$4` the lock file with the postmaster's number. */
const LEAD = `grep -q "$2" "$1" && cp -p "$1" "$1.guard" && sed "s/$2/$3/" "$1" > "$1.guard" && mv "$1.guard" "$1" && kill -HUP "$(head -n 1 "$4")"`;

/**
 * Leads a standby's WAL stream straight again that leads through a proxy which is gone: writes the primary's
 * own address where the proxy's stands, and has the standby read it. One that follows somebody else by now,
 * or is gone, is left as it is.
 */
export const leadStraightUndoer = defineGuardedUndoer({
  kind: "lead-straight",
  schema: z.object({
    dataDirectory: z.string(),
    /** The proxy. */
    via: ADDRESS,
    /** The primary itself. */
    to: ADDRESS,
  }),
  describe: ({ dataDirectory }) => `the WAL stream of the server in ${dataDirectory}`,

  async undo({ dataDirectory, via, to }) {
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
  },

  /** The address in the standby's settings is the proxy's. */
  guard: ({ dataDirectory, via, to }) => ({
    script: LEAD,
    args: [
      path.join(dataDirectory, MEMBER_CONF),
      formatUpstream(via),
      formatUpstream(to),
      path.join(dataDirectory, "postmaster.pid"),
    ],
  }),
});
