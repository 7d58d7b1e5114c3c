import { z } from "zod";
import { defineFault } from "../../contracts/fault.ts";
import { parseDurationMs } from "../../lib/units.ts";
import { disturbWays, whyNoWay } from "./disturb-ways.ts";
import { direction, duration, shapeOf } from "./way-options.ts";

const options = z.strictObject({
  latency: duration("5ms").describe(
    "Added to each direction; a round trip takes twice as much. Kept to about a millisecond.",
  ),
  jitter: duration("0ms").describe("Up to so much more or less, evenly."),
  direction,
});

export const networkLatency = defineFault<z.output<typeof options>>({
  id: "network-latency",
  summary:
    "Puts a standby at a distance: its WAL stream goes through a proxy that delays every byte.",
  options,
  victim: "standby",
  endsPrimary: false,
  whyNot: async (target) => whyNoWay(target),
  apply: (context) => {
    const { latency, jitter, direction } = context.options;
    return disturbWays(context, {
      fault: "network-latency",
      shape: shapeOf(direction, {
        latencyMs: parseDurationMs(latency)!,
        jitterMs: parseDurationMs(jitter)!,
      }),
      resets: false,
      text: `takes ${latency} more in ${direction === "both" ? "each direction" : "one direction"}`,
    });
  },
});
