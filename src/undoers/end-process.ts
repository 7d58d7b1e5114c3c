import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { defineUndoer } from "../contracts/undoer.ts";
import { isSameProcess } from "../lib/process-identity.ts";
import { signalProcess } from "../lib/signal-process.ts";

const TERM_GRACE_MS = 5000;
const KILL_GRACE_MS = 2000;
const LOOK_MS = 50;

/**
 * Ends a program that a dead run left, with its whole process group. A process that merely got its
 * number is left alone.
 */
export const endProcessUndoer = defineUndoer({
  kind: "end-process",
  schema: z.object({ pid: z.number(), startedAt: z.string(), title: z.string() }),
  describe: ({ pid, title }) => `process ${pid} (${title})`,

  async undo({ pid, startedAt }) {
    for (const [signal, graceMs] of [
      ["SIGTERM", TERM_GRACE_MS],
      ["SIGKILL", KILL_GRACE_MS],
    ] as const) {
      if (!isSameProcess(pid, startedAt)) return;
      signalProcess(-pid, signal);
      for (let waitedMs = 0; waitedMs < graceMs; waitedMs += LOOK_MS) {
        if (!isSameProcess(pid, startedAt)) return;
        await sleep(LOOK_MS);
      }
    }
    if (isSameProcess(pid, startedAt)) throw new Error(`process ${pid} does not end`);
  },
});
