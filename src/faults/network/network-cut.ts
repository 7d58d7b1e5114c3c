import { z } from "zod";
import { defineFault } from "../../contracts/fault.ts";
import { disturbWays, whyNoWay } from "./disturb-ways.ts";
import { direction, shapeOf } from "./way-options.ts";

const options = z.strictObject({ direction });

/** No side is told: connections stay open until `wal_sender_timeout` or `wal_receiver_timeout`. */
export const networkCut = defineFault<z.output<typeof options>>({
  id: "network-cut",
  summary:
    "Cuts the line to a standby, one way or both: connections stay open, and nothing comes through.",
  options,
  victim: "standby",
  endsPrimary: false,
  whyNot: async (target) => whyNoWay(target),
  apply: (context) => {
    const { direction } = context.options;
    return disturbWays(context, {
      fault: "network-cut",
      shape: shapeOf(direction, { isCut: true }),
      resets: false,
      text: direction === "both" ? "is cut" : `is cut one way (${direction})`,
    });
  },
});
