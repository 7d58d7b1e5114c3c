import { z } from "zod";
import { whyNoCluster } from "../../contracts/fault-member.ts";
import { defineFault } from "../../contracts/fault.ts";
import { stopMembers } from "./stop-members.ts";

/** Where as many standbys are needed as there are, writes wait until it is back. */
export const stopSynchronousStandby = defineFault<Record<string, never>>({
  id: "stop-synchronous-standby",
  summary: "Stops a standby for whose confirmation commits wait.",
  options: z.strictObject({}),
  victim: "synchronous-standby",
  endsPrimary: false,
  whyNot: async (target) => {
    const reason = whyNoCluster(target);
    if (reason !== null) return reason;
    return target.cluster?.synchronous === null
      ? "Commits wait for no standby: the target sets no `synchronous`."
      : null;
  },
  apply: (context) =>
    stopMembers(context, { fault: "stop-synchronous-standby", names: [context.on] }),
});
