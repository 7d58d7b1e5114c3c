import { z } from "zod";
import { applyFault } from "../../contracts/apply-fault.ts";
import { defineFault } from "../../contracts/fault.ts";
import { postmasterOf, whyNoCluster } from "../../contracts/fault-member.ts";
import { findSharedMemory } from "../../lib/postgresql-shared-memory.ts";
import { endOrphans } from "../../lib/postgresql-orphans.ts";
import { findServerProcesses } from "../../lib/postgresql-server-processes.ts";
import { killProcesses } from "./kill-processes.ts";
import { untilRunsAgain } from "./until-runs-again.ts";

const options = z.strictObject({
  which: z
    .enum(["postmaster", "all"])
    .default("postmaster")
    .describe(
      "`postmaster`: its children live on for some milliseconds, and may still acknowledge commits. `all`: every process of the server at once, as when its machine is lost.",
    ),
});

/** Nothing has to be undone but what the dead postmaster may leave: the cluster starts it again. */
export const killPrimary = defineFault<z.output<typeof options>>({
  id: "kill-primary",
  summary: "Kills the primary's postmaster with SIGKILL, as when it crashes.",
  options,
  victim: "primary",
  endsPrimary: true,
  whyNot: async (target) => whyNoCluster(target),
  apply: (context) =>
    applyFault(context, async (secure) => {
      const { target, on, options } = context;
      const { dataDirectory, ...postmaster } = postmasterOf(target, "kill-primary", on);
      await secure({
        entry: { undo: "end-orphans", dataDirectory, memory: findSharedMemory(dataDirectory) },
        undo: async () => {
          await endOrphans(dataDirectory);
          await untilRunsAgain(context, [postmaster]);
        },
      });
      const pids = options.which === "all" ? findServerProcesses(dataDirectory) : [];
      await killProcesses([postmaster.pid, ...pids]);
      const rest = options.which === "all" ? " and every other process of it" : "";
      return `killed postmaster ${postmaster.pid} of ${on}${rest}`;
    }),
});
