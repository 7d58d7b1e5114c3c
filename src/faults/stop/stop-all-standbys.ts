import { z } from "zod";
import { clusterOf, whyNoCluster } from "../../contracts/fault-member.ts";
import { defineFault } from "../../contracts/fault.ts";
import { stopMembers } from "./stop-members.ts";

/** With `required` durability every synchronous write waits; with `preferred` writes go on unconfirmed. */
export const stopAllStandbys = defineFault<Record<string, never>>({
  id: "stop-all-standbys",
  summary: "Stops every standby in order: the primary is alone.",
  options: z.strictObject({}),
  victim: "all-standbys",
  endsPrimary: false,
  whyNot: async (target) => whyNoCluster(target),
  apply: (context) => {
    const fault = "stop-all-standbys";
    const cluster = clusterOf(context.target, fault);
    const names = cluster
      .members()
      .map(({ name }) => name)
      .filter((name) => name !== cluster.primary());
    return stopMembers(context, { fault, names });
  },
});
