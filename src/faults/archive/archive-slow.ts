import { z } from "zod";
import { defineFault } from "../../contracts/define-fault.ts";
import { parseBytesPerSecond, parseDurationMs } from "../../lib/units.ts";
import { setArchive } from "./set-archive.ts";

const options = z.strictObject({
  bandwidth: z
    .string()
    .refine((text) => (parseBytesPerSecond(text) ?? 0) > 0, "must be a bandwidth such as 2MB/s")
    .default("2MB/s")
    .describe("Of each stream of the archive."),
  latency: z
    .string()
    .refine((text) => parseDurationMs(text) !== null, "must be a duration such as 200ms")
    .default("200ms")
    .describe("Added to each file."),
});

export const archiveSlow = defineFault({
  id: "archive-slow",
  summary: "The archive takes files slowly, as a distant or busy object store does.",
  options,
  victim: "archive",
  endsPrimary: false,
  needs: ["archive"],
  async breakIt(can, { options: { bandwidth, latency } }, breaking) {
    await setArchive(can, breaking, {
      bandwidthBytesPerS: parseBytesPerSecond(bandwidth)!,
      latencyMs: parseDurationMs(latency)!,
    });
    return `the archive takes ${bandwidth} and ${latency} more per file`;
  },
});
