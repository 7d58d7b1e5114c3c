import { z } from "zod";
import { defineFault } from "../../contracts/define-fault.ts";

export const killWalreceiver = defineFault({
  id: "kill-walreceiver",
  summary:
    "Kills a standby's WAL receiver with SIGKILL: the standby ends all its sessions, recovers and streams again.",
  options: z.strictObject({}),
  victim: "standby",
  endsPrimary: false,
  needs: ["children"],
  breakIt: ({ children }, { on }, breaking) => children.kill(on, "walreceiver", breaking),
});
