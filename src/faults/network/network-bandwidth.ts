import { z } from "zod";
import { defineFault } from "../../contracts/fault.ts";
import { parseBytesPerSecond } from "../../lib/units.ts";
import { disturbWays, whyNoWay } from "./disturb-ways.ts";
import { bandwidth, direction, shapeOf } from "./way-options.ts";

const options = z.strictObject({
  bandwidth: bandwidth("10MB/s").describe("Of each direction."),
  direction,
});

export const networkBandwidth = defineFault<z.output<typeof options>>({
  id: "network-bandwidth",
  summary: "Narrows the line to a standby: its WAL stream goes through a proxy with a limit.",
  options,
  victim: "standby",
  endsPrimary: false,
  whyNot: async (target) => whyNoWay(target),
  apply: (context) => {
    const { bandwidth, direction } = context.options;
    return disturbWays(context, {
      fault: "network-bandwidth",
      shape: shapeOf(direction, { bandwidthBytesPerS: parseBytesPerSecond(bandwidth)! }),
      resets: false,
      text: `carries ${bandwidth}`,
    });
  },
});
