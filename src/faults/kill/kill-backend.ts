import { z } from "zod";
import { whyNoChild } from "../../contracts/fault-member.ts";
import { defineFault } from "../../contracts/fault.ts";
import { killChild } from "./kill-child.ts";

/** A crash restart of the whole server, and no failover: every client fails, and the postmaster stays. */
export const killBackend = defineFault<Record<string, never>>({
  id: "kill-backend",
  summary:
    "Kills one client's backend of the primary with SIGKILL: the server ends all sessions and recovers.",
  options: z.strictObject({}),
  victim: "primary",
  endsPrimary: false,
  whyNot: async (target) => whyNoChild(target, "a client's backend"),
  apply: (context) =>
    killChild(context, {
      fault: "kill-backend",
      kind: "client backend",
      choose: (backends) => {
        const { user, database } = context.target.loadEndpoint;
        const loads = backends.filter(({ title }) => title.includes(` ${user} ${database} `));
        const from = loads.length > 0 ? loads : backends;
        return from[context.random.integer(0, from.length - 1)]!;
      },
    }),
});
