import { z } from "zod";
import { memberOf } from "../../contracts/fault-member.ts";
import { defineFault } from "../../contracts/fault.ts";
import { DynoError } from "../../lib/errors.ts";
import { blockDeviceOf } from "../../lib/proc-block-device.ts";
import { readTextOrNull } from "../../lib/proc-files.ts";
import { parseBytesPerSecond } from "../../lib/units.ts";
import { limitServer, whyNoLimit } from "./limit-server.ts";

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

/**
 * What counts is what a process of the server waits for at the disk: reads, and `fdatasync` of the
 * WAL. What the kernel writes back later, version 1 counts for nobody.
 *
 * @see https://docs.kernel.org/admin-guide/cgroup-v1/blkio-controller.html#throttling-upper-limit-policy-files
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html#io-interface-files
 */
export const limitIo = defineFault<z.output<typeof options>>({
  id: "limit-io",
  summary:
    "Limits a standby's disk through a control group, as a small or spent volume does. Needs root.",
  options,
  victim: "standby",
  endsPrimary: false,
  whyNot: async (target) => {
    const reason = whyNoLimit(target, "io");
    if (reason !== null) return reason;
    const unknown = target.cluster?.members().find((member) => deviceOf(member) === null);
    return unknown === undefined
      ? null
      : `${unknown.walDirectory} is on no disk that is known here (an overlay, or memory).`;
  },
  apply: (context) => {
    const { target, on, options } = context;
    const device = deviceOf(memberOf(target, "limit-io", on));
    if (device === null) {
      const facts = { fault: "limit-io", on, because: "its WAL is on no disk that is known here" };
      throw new DynoError("FAULT_FAILED", facts);
    }
    const bytes = String(Math.round(parseBytesPerSecond(options.bandwidth)!));
    const { operations } = options;
    return limitServer(context, {
      fault: "limit-io",
      controller: "io",
      limits: (version) =>
        version === 1
          ? {
              "blkio.throttle.read_bps_device": `${device} ${bytes}`,
              "blkio.throttle.write_bps_device": `${device} ${bytes}`,
              "blkio.throttle.read_iops_device": `${device} ${operations}`,
              "blkio.throttle.write_iops_device": `${device} ${operations}`,
            }
          : {
              "io.max": `${device} rbps=${bytes} wbps=${bytes} riops=${operations} wiops=${operations}`,
            },
      text: `${options.bandwidth} and ${operations} operations per second`,
    });
  },
});

/** `8:0`, of the whole disk. */
function deviceOf({ walDirectory }: { readonly walDirectory: string }): string | null {
  const disk = blockDeviceOf(walDirectory);
  return disk === null ? null : (readTextOrNull(`/sys/block/${disk}/dev`)?.trim() ?? null);
}
