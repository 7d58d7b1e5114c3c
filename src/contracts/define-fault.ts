import { DynoError } from "../lib/errors.ts";
import { applyFault } from "./apply-fault.ts";
import { whyNotCapable, type CapabilityName, type Needed } from "./capabilities.ts";
import type { Fault, FaultContext } from "./fault.ts";
import type { Breaking } from "./precaution.ts";
import type { TargetHandle } from "./target-handle.ts";

/** A fault as its file declares it: facts, what it needs, and one function that breaks it. */
export interface FaultDefinition<Options, Name extends CapabilityName> extends Pick<
  Fault<Options>,
  "id" | "summary" | "options" | "victim" | "endsPrimary" | "disturbsClients"
> {
  readonly needs: readonly Name[];
  /** Why it would do nothing on this target, although all that it needs is there; `null` where it does. */
  whyPointless?(target: TargetHandle): string | null;
  /** @returns a clause for the record, once it is seen to be in force: `killed postmaster 4711 of pg1`. */
  breakIt(can: Needed<Name>, context: FaultContext<Options>, breaking: Breaking): Promise<string>;
}

/** Makes a fault of what its file declares. */
export function defineFault<Options, Name extends CapabilityName>({
  breakIt,
  whyPointless,
  ...declared
}: FaultDefinition<Options, Name>): Fault<Options> {
  const { id, needs } = declared;
  return {
    ...declared,
    whyNot: async (target) =>
      (await whyNotCapable(target.can, needs)) ?? whyPointless?.(target) ?? null,
    async apply(context) {
      const because = await whyNotCapable(context.target.can, needs);
      if (because !== null) {
        const facts = { fault: id, on: context.on, because: because.replace(/\.$/, "") };
        throw new DynoError("FAULT_FAILED", facts);
      }
      const can = context.target.can as Needed<Name>;
      return applyFault(context, (secure) =>
        breakIt(can, context, { ...context, fault: id, secure }),
      );
    },
  };
}
