import type { ClusterSynchronous } from "../../../contracts/cluster.ts";
import { joinSets, RELOAD_MS } from "./adjust-synchronous-set.ts";
import type { ControllerScene } from "./controller.ts";
import { lookAtHealth } from "./cluster-health.ts";
import {
  confirmationsOf,
  describeWait,
  expectedSynchronousSet,
  formatSynchronousSet,
} from "./synchronous-set.ts";

const ASK_MS = 2000;
const LOOK_MS = 20;

/**
 * See `Cluster.setSynchronous`. Until the last process of the primary has read the new settings, a
 * failover must be sure by the old set and by the new one.
 */
export async function setSynchronous(
  scene: ControllerScene,
  asked: ClusterSynchronous | null,
  signal: AbortSignal,
): Promise<void> {
  const { plan, store, log } = scene;
  const all = plan.members.map(({ name }) => name);
  const number = confirmationsOf(asked);
  if (number > all.length - 1) {
    throw new Error(`${number} standbys cannot confirm: there are ${all.length - 1}.`);
  }
  const state = await store.change((state) => {
    if (state.primary === null) return state;
    const synchronous = expectedSynchronousSet(asked, state.primary, all);
    return { ...state, asked, synchronous, quorum: joinSets(state.quorum, synchronous) };
  });
  if (state.primary === null) throw new Error("There is no primary.");
  await untilInForce(scene, signal);
  await plan.clock.sleep(RELOAD_MS, signal);
  await store.change((state) =>
    state.asked === asked ? { ...state, quorum: state.synchronous } : state,
  );
  while (!(await lookAtHealth(scene, signal)).healthy) await plan.clock.sleep(LOOK_MS, signal);
  log.tell({ kind: "synchronous", on: "cluster", text: describeWait(store.current()) });
}

/** Waits until a session of the primary reads what the desired state says. */
async function untilInForce(
  { plan, store, managers }: ControllerScene,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const { primary, synchronous, asked } = store.current();
    const seen = await managers
      .get(primary ?? "")
      ?.session.waitSettings(ASK_MS)
      .catch(() => undefined); // It restarts.
    const isSeen = seen?.names === formatSynchronousSet(synchronous);
    if (isSeen && (asked === null || seen.commit === asked.commit)) return;
    await plan.clock.sleep(LOOK_MS, signal);
  }
}
