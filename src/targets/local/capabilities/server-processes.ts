import { undoEntry } from "../../../contracts/undoer.ts";
import { endOrphansUndoer } from "../../../undoers/end-orphans.ts";
import type { ServerProcesses } from "../../../contracts/capabilities.ts";
import { findSharedMemory } from "../../../lib/postgresql-shared-memory.ts";
import { endOrphans } from "../../../lib/postgresql-orphans.ts";
import { findServerProcesses } from "../../../lib/postgresql-server-processes.ts";
import { freezeServer } from "./freeze-processes.ts";
import { killProcesses } from "./kill-processes.ts";
import { postmasterOf, type LocalMembers } from "./local-members.ts";
import { untilRunsAgain } from "./until-runs-again.ts";

/** Ends and freezes servers by signals. */
export function serverProcesses(members: LocalMembers): ServerProcesses {
  return {
    async kill(on, which, { fault, secure, clock }) {
      const { dataDirectory, ...postmaster } = postmasterOf(members, fault, on);
      await secure({
        entry: undoEntry(endOrphansUndoer, {
          dataDirectory,
          memory: findSharedMemory(dataDirectory),
        }),
        undo: async () => {
          await endOrphans(dataDirectory);
          await untilRunsAgain({ members, on, clock }, [postmaster]);
        },
      });
      const pids = which === "all" ? findServerProcesses(dataDirectory) : [];
      await killProcesses([postmaster.pid, ...pids]);
      const rest = which === "all" ? " and every other process of it" : "";
      return `killed postmaster ${postmaster.pid} of ${on}${rest}`;
    },
    async freeze(on, which, { fault, secure }) {
      const { pid, startedAt } = postmasterOf(members, fault, on);
      const count = await freezeServer(secure, { pid, startedAt }, { which, title: on });
      return `froze ${count === 1 ? `postmaster ${pid}` : `${count} processes`} of ${on}`;
    },
  };
}
