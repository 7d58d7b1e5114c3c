import { applyFault } from "../../contracts/apply-fault.ts";
import { clusterOf } from "../../contracts/fault-member.ts";
import type { AppliedFault, FaultContext } from "../../contracts/fault.ts";

/** A standby that replays what it missed, or starts from a fresh copy, before it takes readers. */
const START_MS = 300_000;

/**
 * Stops members through the cluster's desired state, as maintenance does, and starts them again.
 *
 * There is nothing to undo once this program is gone: the instance managers, which alone would keep
 * them down, are gone with it, and the whole cluster is taken down from the target's own entries.
 */
export function stopMembers(
  context: FaultContext<unknown>,
  { fault, names }: { readonly fault: string; readonly names: readonly string[] },
): Promise<AppliedFault> {
  const cluster = clusterOf(context.target, fault);
  return applyFault(context, async (secure) => {
    await secure({
      entry: null,
      undo: async () => {
        const signal = AbortSignal.timeout(START_MS);
        await Promise.all(
          names.filter((name) => isStopped(name)).map((name) => cluster.start(name, signal)),
        );
      },
    });
    await Promise.all(names.map((name) => cluster.stop(name, context.signal)));
    return `stopped ${names.join(" and ")}`;
  });

  function isStopped(name: string): boolean {
    return cluster.members().some((member) => member.name === name && member.wanted === "stopped");
  }
}
