import { randomBytes } from "node:crypto";
import path from "node:path";
import { z } from "zod";
import { applyFault } from "../../contracts/apply-fault.ts";
import { memberOf, whyNoCluster } from "../../contracts/fault-member.ts";
import { defineFault } from "../../contracts/fault.ts";
import { DynoError } from "../../lib/errors.ts";
import { parseBytes } from "../../lib/units.ts";
import { freeBytes, removeBallast, whyNotSmall, writeBallast } from "./ballast.ts";

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
export const walVolumeFull = defineFault<z.output<typeof options>>({
  id: "wal-volume-full",
  summary:
    "Fills the volume that holds the primary's WAL with a file of ours. Only a small volume (4 GB at most) that holds nothing but `target.local.walDirectory`.",
  options,
  victim: "primary",
  endsPrimary: true,
  whyNot: async (target) => {
    const reason = whyNoCluster(target);
    if (reason !== null) return reason;
    for (const { walDirectory, dataDirectory } of target.cluster?.members() ?? []) {
      const unfit = await whyNotSmall(walDirectory, dataDirectory);
      if (unfit !== null) return unfit;
    }
    return null;
  },
  apply: (context) =>
    applyFault(context, async (secure) => {
      const { target, on, options, signal } = context;
      const { walDirectory, dataDirectory } = memberOf(target, "wal-volume-full", on);
      const because = await whyNotSmall(walDirectory, dataDirectory);
      if (because !== null) {
        const facts = { fault: "wal-volume-full", on, because: because.replace(/\.$/, "") };
        throw new DynoError("FAULT_FAILED", facts);
      }
      const folder = path.dirname(walDirectory);
      const file = path.join(folder, `pgdyno-ballast-${randomBytes(4).toString("hex")}`);
      await secure({
        entry: { undo: "remove-file", path: file },
        guard: { script: `rm -f "$1"`, args: [file] },
        undo: () => removeBallast(file),
      });
      const bytes = await writeBallast(file, parseBytes(options.leave)!, signal);
      const leftBytes = await freeBytes(folder);
      return `filled the volume of ${on}'s WAL with ${bytes} bytes; ${leftBytes} are left`;
    }),
});
