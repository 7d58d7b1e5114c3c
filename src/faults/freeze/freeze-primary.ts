import { z } from "zod";
import { defineFault } from "../../contracts/define-fault.ts";

const options = z.strictObject({
  which: z
    .enum(["postmaster", "all"])
    .default("all")
    .describe(
      "`all`: the server answers nobody. `postmaster`: it takes no new sessions, while those that it has go on.",
    ),
});

/** A server that is there and does not answer: the failure that is hardest to tell from slowness. */
export const freezePrimary = defineFault({
  id: "freeze-primary",
  summary:
    "Freezes the primary's processes with SIGSTOP: its connections stay open and say nothing.",
  options,
  victim: "primary",
  endsPrimary: true,
  needs: ["processes"],
  breakIt: ({ processes }, { on, options }, breaking) =>
    processes.freeze(on, options.which, breaking),
});
