import type { ControllerScene } from "./controller.ts";
import type { SynchronousSet } from "./desired-state.ts";
import type { InstanceManager } from "./instance-manager.ts";
import { chooseSynchronousSet, formatSynchronousSet } from "./synchronous-set.ts";

const ASK_MS = 1000;
/** From the reload's signal until the last process of the server has read the settings. */
export const RELOAD_MS = 200;

/**
 * With durability only preferred, has commits wait for those standbys that stream. While the change is
 * under way, a failover must be sure by the old set and by the new one.
 */
export async function adjustSynchronousSet(
  { plan, store, log }: Pick<ControllerScene, "plan" | "store" | "log">,
  primary: InstanceManager,
): Promise<void> {
  const { asked } = store.current();
  if (asked?.dataDurability !== "preferred") return;
  const rows = await primary.session.standbys(ASK_MS).catch(() => null);
  if (rows === null) return; // No answer says nothing of the standbys.
  const next = chooseSynchronousSet(asked, primary.site.name, {
    all: plan.members.map(({ name }) => name),
    streaming: rows.filter(({ state }) => state === "streaming").map(({ name }) => name),
  });
  const { synchronous } = store.current();
  if (isSame(next, synchronous)) return;
  await store.change((state) =>
    state.primary === primary.site.name && state.asked === asked
      ? { ...state, synchronous: next, quorum: joinSets(state.quorum, next) }
      : state,
  );
  log.tell({
    kind: "synchronous",
    on: primary.site.name,
    text:
      next.number === 0
        ? "commits wait for nobody"
        : `commits wait for ${formatSynchronousSet(next)}`,
  });
  await plan.clock.sleep(RELOAD_MS);
  await store.change((state) =>
    isSame(state.synchronous, next) ? { ...state, quorum: next } : state,
  );
}

/** The set by which a failover is sure whichever of the two a commit was confirmed by. */
export function joinSets(a: SynchronousSet, b: SynchronousSet): SynchronousSet {
  return {
    method: b.method,
    number: Math.min(a.number, b.number),
    names: [...new Set([...a.names, ...b.names])],
  };
}

export function isSame(a: SynchronousSet, b: SynchronousSet): boolean {
  return formatSynchronousSet(a) === formatSynchronousSet(b);
}
