import { z } from "zod";
import { defineFault } from "../../contracts/define-fault.ts";

const options = z.strictObject({
  cores: z.number().min(0.01).max(1024).default(0.5).describe("CPU cores, fractions too."),
});

export const limitCpu = defineFault({
  id: "limit-cpu",
  summary:
    "Limits a standby's CPU through a control group: its replay may fall behind. Needs root.",
  options,
  victim: "standby",
  endsPrimary: false,
  needs: ["cpuLimit"],
  breakIt: ({ cpuLimit }, { on, options }, breaking) => cpuLimit.limit(on, options.cores, breaking),
});
