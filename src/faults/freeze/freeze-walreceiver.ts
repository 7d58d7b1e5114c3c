import { z } from "zod";
import { defineFault } from "../../contracts/define-fault.ts";

/** Readers of that standby see it answer, ever older data. */
export const freezeWalreceiver = defineFault({
  id: "freeze-walreceiver",
  summary:
    "Freezes a standby's WAL receiver with SIGSTOP: the standby answers readers, and no new WAL comes in.",
  options: z.strictObject({}),
  victim: "standby",
  endsPrimary: false,
  needs: ["children"],
  breakIt: ({ children }, { on }, breaking) => children.freeze(on, "walreceiver", breaking),
});
