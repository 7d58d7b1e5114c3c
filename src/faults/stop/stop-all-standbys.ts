import { z } from "zod";
import { defineFault } from "../../contracts/define-fault.ts";
import { stopMembers } from "./stop-members.ts";

/** With `required` durability every synchronous write waits; with `preferred` writes go on unconfirmed. */
export const stopAllStandbys = defineFault({
  id: "stop-all-standbys",
  summary: "Stops every standby in order: the primary is alone.",
  options: z.strictObject({}),
  victim: "all-standbys",
  endsPrimary: false,
  needs: ["members"],
  breakIt(can, context, breaking) {
    const { cluster } = context.target;
    const names = (cluster?.members() ?? [])
      .map(({ name }) => name)
      .filter((name) => name !== cluster?.primary());
    return stopMembers(can, context, breaking, names);
  },
});
