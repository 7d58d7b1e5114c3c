import { z } from "zod";
import { defineFault } from "../../contracts/define-fault.ts";

/** With a slot, its WAL sender on the primary blocks; with `max_slot_wal_keep_size` checkpoints may, too. */
export const freezeStandby = defineFault({
  id: "freeze-standby",
  summary:
    "Freezes all processes of a standby with SIGSTOP: its WAL stream stays open and nothing is confirmed.",
  options: z.strictObject({}),
  victim: "standby",
  endsPrimary: false,
  needs: ["processes"],
  breakIt: ({ processes }, { on }, breaking) => processes.freeze(on, "all", breaking),
});
