import { formatLsn } from "../../../lib/postgresql-lsn.ts";
import { bePrimary, type ControllerScene } from "./controller.ts";
import type { InstanceManager } from "./instance-manager.ts";

/** How far a standby may lag for a handover to be short. */
const LAG_BYTES_MAX = 64 * 1024 ** 2;
const ASK_MS = 2000;
const RECEIVE_MS = 10_000;
const RECEIVE_LOOK_MS = 5;

/** See `Cluster.switchover`. */
export async function switchOver(
  scene: ControllerScene,
  to: string | null,
  signal: AbortSignal,
): Promise<void> {
  const { store, log, managers } = scene;
  const state = store.current();
  const old = state.primary === null ? undefined : managers.get(state.primary);
  if (old?.role() !== "primary" || state.handover !== null) {
    throw new Error("There is no primary that could hand its part over.");
  }
  const next = await chooseSuccessor(scene, old, to);
  const [from, name] = [old.site.name, next.site.name];
  log.tell({ kind: "decided", on: from, text: `${from} hands over to ${name}` });
  // The shutdown's own checkpoint is then short.
  await old.session.checkpoint();
  signal.throwIfAborted();
  await store.change((current) => ({ ...current, handover: { from, to: name } }));
  try {
    await old.until(() => old.role() === "down", signal);
    await untilAllReceived(scene, { old, next, signal });
  } catch (error) {
    // The old primary goes on: nothing was promoted yet.
    await store.change((current) => ({ ...current, handover: null }));
    log.tell({ kind: "refused", on: from, text: `${name} does not have all of ${from}'s WAL` });
    throw error;
  }
  await bePrimary(scene, name, signal);
}

async function chooseSuccessor(
  { managers }: ControllerScene,
  old: InstanceManager,
  to: string | null,
): Promise<InstanceManager> {
  const { lsnBytes } = await old.session.look(ASK_MS);
  const streaming = [...managers.values()]
    .filter((manager) => manager !== old && manager.isStreaming())
    .filter((manager) => to === null || manager.site.name === to)
    .sort((a, b) => (b.view()?.lsnBytes ?? 0) - (a.view()?.lsnBytes ?? 0));
  const [next] = streaming;
  if (next === undefined) throw new Error(`${to ?? "No standby"} streams from ${old.site.name}.`);
  const seen = await next.session.look(ASK_MS);
  if (lsnBytes - seen.lsnBytes > LAG_BYTES_MAX) {
    throw new Error(`${next.site.name} lags ${lsnBytes - seen.lsnBytes} bytes behind.`);
  }
  return next;
}

/** The shutdown's checkpoint is the old primary's last record: whoever has begun to receive past its start has all before it. */
async function untilAllReceived(
  { plan, world, log }: ControllerScene,
  {
    old,
    next,
    signal,
  }: {
    readonly old: InstanceManager;
    readonly next: InstanceManager;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { shutDown, checkpointLsnBytes } = await world.lastStop(old.site);
  if (!shutDown) throw new Error(`${old.site.name} did not stop in order.`);
  const untilMs = plan.clock.now() + RECEIVE_MS;
  for (;;) {
    const { lsnBytes } = await next.session.look(ASK_MS);
    if (lsnBytes > checkpointLsnBytes) {
      const text = `${next.site.name} has all WAL up to the shutdown at ${formatLsn(checkpointLsnBytes)}`;
      log.tell({ kind: "chosen", on: next.site.name, text, lsnBytes });
      return;
    }
    if (plan.clock.now() > untilMs) {
      throw new Error(`${next.site.name} did not receive the end of ${old.site.name}'s WAL.`);
    }
    await plan.clock.sleep(RECEIVE_LOOK_MS, signal);
  }
}
