import { z } from "zod";
import { defineFault } from "../../contracts/define-fault.ts";
import { parseBytes } from "../../lib/units.ts";

const options = z.strictObject({
  leave: z
    .string()
    .refine((text) => parseBytes(text) !== null, "must be a size such as 32MB")
    .default("0B")
    .describe("How much room is left, until WAL takes it."),
});

/**
 * Without room for WAL, PostgreSQL ends with a PANIC, and does not start before there is room again.
 *
 * @see https://www.postgresql.org/docs/current/wal-configuration.html
 */
export const walVolumeFull = defineFault({
  id: "wal-volume-full",
  summary:
    "Fills the volume that holds the primary's WAL with a file of ours. Only a small volume (4 GB at most) that holds nothing but `target.local.walDirectory`.",
  options,
  victim: "primary",
  endsPrimary: true,
  needs: ["walVolume"],
  breakIt: ({ walVolume }, { on, options }, breaking) =>
    walVolume.fill(on, parseBytes(options.leave)!, breaking),
});
