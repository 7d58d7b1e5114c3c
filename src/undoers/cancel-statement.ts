import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { defineUndoer } from "../contracts/undoer.ts";
import { isSameProcess } from "../lib/process-identity.ts";

/** A frozen server goes on only when the entry of its freezing is undone. */
const GRACE_MS = 5000;
const LOOK_MS = 50;

/**
 * Cancels the statement in which a session of ours waits, and which then cleans up and ends: what it
 * did to the server is undone with it, and no password is needed.
 */
export const cancelStatementUndoer = defineUndoer({
  kind: "cancel-statement",
  schema: z.object({ pid: z.number(), startedAt: z.string(), title: z.string() }),
  describe: ({ pid, title }) => `a statement of session ${pid} (${title})`,

  async undo({ pid, startedAt }) {
    for (let waitedMs = 0; waitedMs < GRACE_MS; waitedMs += LOOK_MS) {
      if (!isSameProcess(pid, startedAt)) return;
      process.kill(pid, "SIGINT");
      await sleep(LOOK_MS);
    }
    throw new Error(`session ${pid} does not end`);
  },
});
