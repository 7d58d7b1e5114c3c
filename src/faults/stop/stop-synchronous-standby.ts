import { z } from "zod";
import { defineFault } from "../../contracts/define-fault.ts";
import { stopMembers } from "./stop-members.ts";

/** Where as many standbys are needed as there are, writes wait until it is back. */
export const stopSynchronousStandby = defineFault({
  id: "stop-synchronous-standby",
  summary: "Stops a standby for whose confirmation commits wait.",
  options: z.strictObject({}),
  victim: "synchronous-standby",
  endsPrimary: false,
  needs: ["members"],
  whyPointless: ({ cluster }) =>
    cluster?.synchronous === null
      ? "Commits wait for no standby: the target sets no `synchronous`."
      : null,
  breakIt: (can, context, breaking) => stopMembers(can, context, breaking, [context.on]),
});
