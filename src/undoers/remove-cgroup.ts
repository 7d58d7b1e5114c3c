import { z } from "zod";
import { defineGuardedUndoer } from "../contracts/undoer.ts";
import { removeCgroup } from "../lib/cgroup-limits.ts";

/** Empties the group into the one around it, and removes it; a process in the making takes a second try. */
const REMOVE = `for i in 1 2 3 4 5; do
  while read -r p; do echo "$p" > "$1/../cgroup.procs"; done < "$1/cgroup.procs"
  rmdir "$1" && break
  sleep 0.2
done`;

/** Lets the processes of a control group out into the one around it, and removes it. */
export const removeCgroupUndoer = defineGuardedUndoer({
  kind: "remove-cgroup",
  schema: z.object({ directory: z.string() }),
  describe: ({ directory }) => `control group ${directory}`,
  undo: ({ directory }) => removeCgroup(directory),
  guard: ({ directory }) => ({ script: REMOVE, args: [directory] }),
});
