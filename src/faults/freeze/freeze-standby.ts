import { z } from "zod";
import { applyFault } from "../../contracts/apply-fault.ts";
import { defineFault } from "../../contracts/fault.ts";
import { postmasterOf, whyNoCluster } from "../../contracts/fault-member.ts";
import { freezeServer } from "./freeze-server.ts";

/** With a slot, its WAL sender on the primary blocks; with `max_slot_wal_keep_size` checkpoints may, too. */
export const freezeStandby = defineFault<Record<string, never>>({
  id: "freeze-standby",
  summary:
    "Freezes all processes of a standby with SIGSTOP: its WAL stream stays open and nothing is confirmed.",
  options: z.strictObject({}),
  victim: "standby",
  endsPrimary: false,
  whyNot: async (target) => whyNoCluster(target),
  apply: (context) =>
    applyFault(context, async (secure) => {
      const { target, on } = context;
      const { pid, startedAt } = postmasterOf(target, "freeze-standby", on);
      const count = await freezeServer(secure, { pid, startedAt }, { which: "all", title: on });
      return `froze ${count} processes of ${on}`;
    }),
});
