import { z } from "zod";
import { applyFault } from "../../contracts/apply-fault.ts";
import { defineFault } from "../../contracts/fault.ts";
import { postmasterOf, whyNoChild } from "../../contracts/fault-member.ts";
import { DynoError } from "../../lib/errors.ts";
import { findChildren } from "../../lib/postgresql-child.ts";
import { freeze } from "./freeze-server.ts";

/** Readers of that standby see it answer, ever older data. */
export const freezeWalreceiver = defineFault<Record<string, never>>({
  id: "freeze-walreceiver",
  summary:
    "Freezes a standby's WAL receiver with SIGSTOP: the standby answers readers, and no new WAL comes in.",
  options: z.strictObject({}),
  victim: "standby",
  endsPrimary: false,
  whyNot: async (target) => whyNoChild(target, "the WAL receiver"),
  apply: (context) =>
    applyFault(context, async (secure) => {
      const { target, on } = context;
      const { pid } = postmasterOf(target, "freeze-walreceiver", on);
      const [receiver] = findChildren(pid, "walreceiver");
      if (receiver === undefined) {
        const facts = { fault: "freeze-walreceiver", on, because: "it receives no WAL now" };
        throw new DynoError("FAULT_FAILED", facts);
      }
      const { title: _, ...identity } = receiver;
      await freeze(secure, [identity], `WAL receiver of ${on}`);
      return `froze WAL receiver ${receiver.pid} of ${on}`;
    }),
});
