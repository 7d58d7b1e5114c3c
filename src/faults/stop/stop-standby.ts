import { z } from "zod";
import { whyNoCluster } from "../../contracts/fault-member.ts";
import { defineFault } from "../../contracts/fault.ts";
import { stopMembers } from "./stop-members.ts";

export const stopStandby = defineFault<Record<string, never>>({
  id: "stop-standby",
  summary: "Stops a standby in order, as for maintenance, and starts it again when it heals.",
  options: z.strictObject({}),
  victim: "standby",
  endsPrimary: false,
  whyNot: async (target) => whyNoCluster(target),
  apply: (context) => stopMembers(context, { fault: "stop-standby", names: [context.on] }),
});
