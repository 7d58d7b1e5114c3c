import { z } from "zod";
import { defineFault } from "../../contracts/define-fault.ts";
import { direction, shapeOf } from "./way-options.ts";

const options = z.strictObject({ direction });

/** No side is told: connections stay open until `wal_sender_timeout` or `wal_receiver_timeout`. */
export const networkCut = defineFault({
  id: "network-cut",
  summary:
    "Cuts the line to a standby, one way or both: connections stay open, and nothing comes through.",
  options,
  victim: "standby",
  endsPrimary: false,
  needs: ["links"],
  async breakIt({ links }, { on, options }, breaking) {
    const { direction } = options;
    const shape = shapeOf(direction, { isCut: true });
    const streams = await links.disturb(on, shape, false, breaking);
    return `${streams} ${direction === "both" ? "is cut" : `is cut one way (${direction})`}`;
  },
});
