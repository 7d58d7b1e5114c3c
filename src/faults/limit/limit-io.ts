import { z } from "zod";
import { defineFault } from "../../contracts/define-fault.ts";
import { parseBytesPerSecond } from "../../lib/units.ts";

const options = z.strictObject({
  bandwidth: z
    .string()
    .refine((text) => (parseBytesPerSecond(text) ?? 0) > 0, "must be a bandwidth such as 20MB/s")
    .default("20MB/s")
    .describe("Of reads and of writes each, on the disk that holds the WAL."),
  operations: z
    .int()
    .min(1)
    .default(500)
    .describe("Reads per second, and writes per second, on that disk."),
});

export const limitIo = defineFault({
  id: "limit-io",
  summary:
    "Limits a standby's disk through a control group, as a small or spent volume does. Needs root.",
  options,
  victim: "standby",
  endsPrimary: false,
  needs: ["ioLimit"],
  breakIt: ({ ioLimit }, { on, options }, breaking) =>
    ioLimit.limit(
      on,
      {
        bytesPerS: parseBytesPerSecond(options.bandwidth)!,
        operationsPerS: options.operations,
      },
      breaking,
    ),
});
