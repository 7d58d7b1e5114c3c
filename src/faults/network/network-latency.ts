import { z } from "zod";
import { defineFault } from "../../contracts/define-fault.ts";
import { parseDurationMs } from "../../lib/units.ts";
import { direction, duration, shapeOf } from "./way-options.ts";

const options = z.strictObject({
  latency: duration("5ms").describe(
    "Added to each direction; a round trip takes twice as much. Kept to about a millisecond.",
  ),
  jitter: duration("0ms").describe("Up to so much more or less, evenly."),
  direction,
});

export const networkLatency = defineFault({
  id: "network-latency",
  summary:
    "Puts a standby at a distance: its WAL stream goes through a proxy that delays every byte.",
  options,
  victim: "standby",
  endsPrimary: false,
  needs: ["links"],
  async breakIt({ links }, { on, options }, breaking) {
    const { latency, jitter, direction } = options;
    const shape = shapeOf(direction, {
      latencyMs: parseDurationMs(latency)!,
      jitterMs: parseDurationMs(jitter)!,
    });
    const streams = await links.disturb(on, shape, false, breaking);
    return `${streams} takes ${latency} more in ${direction === "both" ? "each direction" : "one direction"}`;
  },
});
