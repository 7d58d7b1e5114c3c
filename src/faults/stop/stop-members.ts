import type { Needed } from "../../contracts/capabilities.ts";
import type { FaultContext } from "../../contracts/fault.ts";
import type { Breaking } from "../../contracts/precaution.ts";

/** A standby that replays what it missed, or starts from a fresh copy, before it takes readers. */
const START_MS = 300_000;

/**
 * Stops members in order, as maintenance does, and starts them again.
 *
 * There is nothing to undo once this program is gone: what keeps them down is gone with it, or the
 * whole cluster is taken down from the target's own entries.
 */
export async function stopMembers(
  { members }: Needed<"members">,
  { target, signal }: FaultContext<unknown>,
  { secure }: Breaking,
  names: readonly string[],
): Promise<string> {
  const isStopped = (name: string) =>
    target.cluster?.members().some((member) => member.name === name && member.wanted === "stopped");
  await secure({
    entry: null,
    undo: async () => {
      const soon = AbortSignal.timeout(START_MS);
      await Promise.all(names.filter(isStopped).map((name) => members.start(name, soon)));
    },
  });
  await Promise.all(names.map((name) => members.stop(name, signal)));
  return `stopped ${names.join(" and ")}`;
}
