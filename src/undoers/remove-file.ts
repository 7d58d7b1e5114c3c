import { rm } from "node:fs/promises";
import { z } from "zod";
import { defineGuardedUndoer } from "../contracts/undoer.ts";
import { assertOurs } from "../lib/assert-ours.ts";

/** Removes a file, and only one that bears pgdyno's name. */
export const removeFileUndoer = defineGuardedUndoer({
  kind: "remove-file",
  schema: z.object({ path: z.string() }),
  describe: ({ path }) => `file ${path}`,

  async undo({ path }) {
    assertOurs(path);
    await rm(path, { force: true });
  },
  guard: ({ path }) => ({ script: `rm -f "$1"`, args: [path] }),
});
