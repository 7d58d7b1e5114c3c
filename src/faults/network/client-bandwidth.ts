import { z } from "zod";
import { defineFault } from "../../contracts/define-fault.ts";
import { parseBytesPerSecond } from "../../lib/units.ts";
import { clientDirection, clientShapeOf, to } from "./client-options.ts";
import { disturbClients } from "./disturb-clients.ts";
import { bandwidth } from "./way-options.ts";

const options = z.strictObject({
  bandwidth: bandwidth("1MB/s").describe("Of each connection and direction."),
  to,
  direction: clientDirection,
});

export const clientBandwidth = defineFault({
  id: "client-bandwidth",
  summary: "Narrows the line between clients and servers: each connection has a limit.",
  options,
  victim: "primary",
  endsPrimary: false,
  disturbsClients: true,
  needs: [],
  breakIt(_can, context, breaking) {
    const { bandwidth, to, direction } = context.options;
    return disturbClients(context, breaking, {
      shape: clientShapeOf(direction, { bandwidthBytesPerS: parseBytesPerSecond(bandwidth)! }),
      to,
      resets: false,
      text: `carries ${bandwidth} per connection`,
    });
  },
});
