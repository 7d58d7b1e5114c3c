import { z } from "zod";
import { defineGuardedUndoer } from "../contracts/undoer.ts";
import { continueProcesses } from "../lib/frozen-processes.ts";

/**
 * Lets each `pid start` go on that is still the process of that start: `starttime` is the 22nd field,
 * and PostgreSQL's names of processes hold no blanks. Where there is no `/proc`, the number must do.
 */
const CONTINUE = `while [ $# -gt 1 ]; do
  if [ ! -d /proc/self ] || [ "$(cut -d" " -f22 /proc/$1/stat)" = "$2" ]; then kill -CONT "$1"; fi
  shift 2
done`;

/** Lets processes go on that a fault had frozen, and looks that they do. */
export const continueProcessesUndoer = defineGuardedUndoer({
  kind: "continue-processes",
  schema: z.object({
    processes: z.array(z.object({ pid: z.number(), startedAt: z.string() })).readonly(),
    title: z.string(),
  }),
  describe: ({ processes, title }) =>
    `frozen processes ${processes.map(({ pid }) => pid).join(", ")} (${title})`,
  undo: ({ processes }) => continueProcesses(processes),
  guard: ({ processes }) => ({
    script: CONTINUE,
    args: processes.flatMap(({ pid, startedAt }) => [String(pid), startedAt]),
  }),
});
