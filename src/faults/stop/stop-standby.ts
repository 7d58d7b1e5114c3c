import { z } from "zod";
import { defineFault } from "../../contracts/define-fault.ts";
import { stopMembers } from "./stop-members.ts";

export const stopStandby = defineFault({
  id: "stop-standby",
  summary: "Stops a standby in order, as for maintenance, and starts it again when it heals.",
  options: z.strictObject({}),
  victim: "standby",
  endsPrimary: false,
  needs: ["members"],
  breakIt: (can, context, breaking) => stopMembers(can, context, breaking, [context.on]),
});
