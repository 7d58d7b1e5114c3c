import { chown, rename, stat, writeFile } from "node:fs/promises";
import { z } from "zod";
import { defineGuardedUndoer } from "../contracts/undoer.ts";
import { assertOurs } from "../lib/assert-ours.ts";

/** As the file's owner had it, and never seen half; not at all where its folder is gone. */
const RESTORE = `cp -p "$1" "$1.guard" && printf %s "$2" > "$1.guard" && mv "$1.guard" "$1"`;

/** Gives a settings file of ours that text again, with its owner and mode; nothing where it is gone. */
export const restoreFileUndoer = defineGuardedUndoer({
  kind: "restore-file",
  schema: z.object({ path: z.string(), text: z.string() }),
  describe: ({ path }) => `what stood in ${path}`,

  async undo({ path, text }) {
    assertOurs(path);
    const now = await stat(path).catch(() => null);
    if (now === null) return; // Its folder is gone.
    await writeFile(`${path}.new`, text, { mode: now.mode & 0o777 });
    await chown(`${path}.new`, now.uid, now.gid);
    await rename(`${path}.new`, path);
  },
  guard: ({ path, text }) => ({ script: RESTORE, args: [path, text] }),
});
