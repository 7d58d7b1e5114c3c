import { z } from "zod";
import { defineFault } from "../../contracts/fault.ts";
import { limitServer, whyNoLimit } from "./limit-server.ts";

/**
 * The kernel's own default: how often a share of the CPU is granted anew. A server that has used its
 * share waits for the rest of the period.
 * https://docs.kernel.org/scheduler/sched-bwc.html
 */
const PERIOD_US = 100_000;

const options = z.strictObject({
  cores: z.number().min(0.01).max(1024).default(0.5).describe("CPU cores, fractions too."),
});

export const limitCpu = defineFault<z.output<typeof options>>({
  id: "limit-cpu",
  summary:
    "Limits a standby's CPU through a control group: its replay may fall behind. Needs root.",
  options,
  victim: "standby",
  endsPrimary: false,
  whyNot: async (target) => whyNoLimit(target, "cpu"),
  apply: (context) => {
    const { cores } = context.options;
    const quotaUs = String(Math.round(cores * PERIOD_US));
    return limitServer(context, {
      fault: "limit-cpu",
      controller: "cpu",
      limits: (version) =>
        version === 1
          ? { "cpu.cfs_period_us": String(PERIOD_US), "cpu.cfs_quota_us": quotaUs }
          : { "cpu.max": `${quotaUs} ${PERIOD_US}` },
      text: `${cores} ${cores === 1 ? "core" : "cores"}`,
    });
  },
});
