import { z } from "zod";
import { defineFault } from "../../contracts/define-fault.ts";
import { parseDurationMs } from "../../lib/units.ts";
import { clientDirection, clientShapeOf, to } from "./client-options.ts";
import { disturbClients } from "./disturb-clients.ts";
import { duration } from "./way-options.ts";

const options = z.strictObject({
  latency: duration("5ms").describe(
    "Added to each direction; a round trip takes twice as much. Kept to about a millisecond.",
  ),
  jitter: duration("0ms").describe("Up to so much more or less, evenly."),
  to,
  direction: clientDirection,
});

export const clientLatency = defineFault({
  id: "client-latency",
  summary: "Puts the clients at a distance: what they send and get takes longer.",
  options,
  victim: "primary",
  endsPrimary: false,
  disturbsClients: true,
  needs: [],
  breakIt(_can, context, breaking) {
    const { latency, jitter, to, direction } = context.options;
    return disturbClients(context, breaking, {
      shape: clientShapeOf(direction, {
        latencyMs: parseDurationMs(latency)!,
        jitterMs: parseDurationMs(jitter)!,
      }),
      to,
      resets: false,
      text: `takes ${latency} more in ${direction === "both" ? "each direction" : "one direction"}`,
    });
  },
});
