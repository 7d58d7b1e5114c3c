import { z } from "zod";
import { applyFault } from "../../contracts/apply-fault.ts";
import { defineFault } from "../../contracts/fault.ts";
import { postmasterOf, whyNoCluster } from "../../contracts/fault-member.ts";
import { freezeServer } from "./freeze-server.ts";

const options = z.strictObject({
  which: z
    .enum(["postmaster", "all"])
    .default("all")
    .describe(
      "`all`: the server answers nobody. `postmaster`: it takes no new sessions, while those that it has go on.",
    ),
});

/** A server that is there and does not answer: the failure that is hardest to tell from slowness. */
export const freezePrimary = defineFault<z.output<typeof options>>({
  id: "freeze-primary",
  summary:
    "Freezes the primary's processes with SIGSTOP: its connections stay open and say nothing.",
  options,
  victim: "primary",
  endsPrimary: true,
  whyNot: async (target) => whyNoCluster(target),
  apply: (context) =>
    applyFault(context, async (secure) => {
      const { target, on, options } = context;
      const { pid, startedAt } = postmasterOf(target, "freeze-primary", on);
      const count = await freezeServer(
        secure,
        { pid, startedAt },
        { which: options.which, title: on },
      );
      return `froze ${count === 1 ? `postmaster ${pid}` : `${count} processes`} of ${on}`;
    }),
});
