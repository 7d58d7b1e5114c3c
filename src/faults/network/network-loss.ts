import { z } from "zod";
import { defineFault } from "../../contracts/define-fault.ts";
import { parseShare } from "../../lib/units.ts";
import { direction, shapeOf, share } from "./way-options.ts";

const options = z.strictObject({
  loss: share("1%").describe(
    "Of segments of 1448 bytes. TCP sends a lost one again: it comes 200 ms late, and all behind it with it.",
  ),
  reset: z.boolean().default(false).describe("Also resets the streams when it begins."),
  direction,
});

/** What an application sees of loss: it never misses bytes, it waits for them. */
export const networkLoss = defineFault({
  id: "network-loss",
  summary:
    "Loses segments on the line to a standby: its WAL stream stalls until they are sent again.",
  options,
  victim: "standby",
  endsPrimary: false,
  needs: ["links"],
  async breakIt({ links }, { on, options }, breaking) {
    const { loss, reset, direction } = options;
    const shape = shapeOf(direction, { lossRatio: parseShare(loss)! });
    const streams = await links.disturb(on, shape, reset, breaking);
    return `${streams} loses ${loss} of its segments${reset ? ", and was reset" : ""}`;
  },
});
