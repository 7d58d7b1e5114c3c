import { z } from "zod";
import { defineFault } from "../../contracts/define-fault.ts";
import { parseBytesPerSecond } from "../../lib/units.ts";
import { bandwidth, direction, shapeOf } from "./way-options.ts";

const options = z.strictObject({
  bandwidth: bandwidth("10MB/s").describe("Of each direction."),
  direction,
});

export const networkBandwidth = defineFault({
  id: "network-bandwidth",
  summary: "Narrows the line to a standby: its WAL stream goes through a proxy with a limit.",
  options,
  victim: "standby",
  endsPrimary: false,
  needs: ["links"],
  async breakIt({ links }, { on, options }, breaking) {
    const { bandwidth, direction } = options;
    const shape = shapeOf(direction, { bandwidthBytesPerS: parseBytesPerSecond(bandwidth)! });
    const streams = await links.disturb(on, shape, false, breaking);
    return `${streams} carries ${bandwidth}`;
  },
});
