import { z } from "zod";
import { defineFault } from "../../contracts/define-fault.ts";

/** A crash restart of the whole server, and no failover: every client fails, and the postmaster stays. */
export const killBackend = defineFault({
  id: "kill-backend",
  summary:
    "Kills one client's backend of the primary with SIGKILL: the server ends all sessions and recovers.",
  options: z.strictObject({}),
  victim: "primary",
  endsPrimary: false,
  needs: ["children"],
  breakIt: ({ children }, { on }, breaking) => children.kill(on, "client backend", breaking),
});
