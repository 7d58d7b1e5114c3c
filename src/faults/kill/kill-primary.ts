import { z } from "zod";
import { defineFault } from "../../contracts/define-fault.ts";

const options = z.strictObject({
  which: z
    .enum(["postmaster", "all"])
    .default("postmaster")
    .describe(
      "`postmaster`: its children live on for some milliseconds, and may still acknowledge commits. `all`: every process of the server at once, as when its machine is lost.",
    ),
});

/** Nothing has to be undone but what the dead postmaster may leave: the cluster starts it again. */
export const killPrimary = defineFault({
  id: "kill-primary",
  summary: "Kills the primary's postmaster with SIGKILL, as when it crashes.",
  options,
  victim: "primary",
  endsPrimary: true,
  needs: ["processes"],
  breakIt: ({ processes }, { on, options }, breaking) =>
    processes.kill(on, options.which, breaking),
});
