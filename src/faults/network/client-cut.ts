import { z } from "zod";
import { defineFault } from "../../contracts/define-fault.ts";
import { clientDirection, clientShapeOf, to } from "./client-options.ts";
import { disturbClients } from "./disturb-clients.ts";

const options = z.strictObject({
  to,
  direction: clientDirection,
  reset: z
    .boolean()
    .default(false)
    .describe("Also resets the connections that there are: clients learn of it at once."),
});

/** What a firewall does that forgets: no side is told, and only the clients' own timeouts end the wait. */
export const clientCut = defineFault({
  id: "client-cut",
  summary:
    "A black hole between clients and servers: connections stay open, and nothing comes through.",
  options,
  victim: "primary",
  endsPrimary: false,
  disturbsClients: true,
  needs: [],
  breakIt(_can, context, breaking) {
    const { to, direction, reset } = context.options;
    return disturbClients(context, breaking, {
      shape: clientShapeOf(direction, { isCut: true }),
      to,
      resets: reset,
      text: `is cut${direction === "both" ? "" : ` one way (${direction})`}${reset ? ", and was reset" : ""}`,
    });
  },
});
