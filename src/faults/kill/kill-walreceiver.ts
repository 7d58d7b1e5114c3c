import { z } from "zod";
import { whyNoChild } from "../../contracts/fault-member.ts";
import { defineFault } from "../../contracts/fault.ts";
import { killChild } from "./kill-child.ts";

export const killWalreceiver = defineFault<Record<string, never>>({
  id: "kill-walreceiver",
  summary:
    "Kills a standby's WAL receiver with SIGKILL: the standby ends all its sessions, recovers and streams again.",
  options: z.strictObject({}),
  victim: "standby",
  endsPrimary: false,
  whyNot: async (target) => whyNoChild(target, "the WAL receiver"),
  apply: (context) =>
    killChild(context, {
      fault: "kill-walreceiver",
      kind: "walreceiver",
      choose: (receivers) => receivers[0]!,
    }),
});
