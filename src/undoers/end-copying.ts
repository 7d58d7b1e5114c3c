import { z } from "zod";
import { defineUndoer } from "../contracts/undoer.ts";
import { endCopying } from "../lib/copying-processes.ts";
import { assertOurs } from "../lib/assert-ours.ts";

/** Ends programs of ours that still copy to or from below that folder: they would fill it again. */
export const endCopyingUndoer = defineUndoer({
  kind: "end-copying",
  schema: z.object({ directory: z.string() }),
  describe: ({ directory }) => `programs that copy in ${directory}`,

  async undo({ directory }) {
    assertOurs(directory);
    await endCopying(directory);
  },
});
