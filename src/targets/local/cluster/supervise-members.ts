import type { OrphanedWal } from "../../../contracts/cluster.ts";
import type { HostAddress } from "../../../lib/endpoint.ts";
import type { ClusterPlan } from "./cluster-plan.ts";
import type { ClusterWorld } from "./cluster-world.ts";
import { startController, type ControllerScene } from "./controller.ts";
import type { EventLog } from "./event-log.ts";
import { startInstanceManager, type InstanceManager } from "./instance-manager.ts";
import type { MemberSite } from "./member-site.ts";
import type { ServerView } from "./server-session.ts";
import type { Store } from "./store.ts";

/** What members are supervised with. */
export interface SuperviseScene {
  readonly plan: ClusterPlan;
  readonly world: ClusterWorld;
  readonly store: Store;
  readonly log: EventLog;
  /** Filled with a manager for each member, and no more changed. */
  readonly managers: Map<string, InstanceManager>;
  /** Where `from` finds the WAL of `to`. */
  wayTo(from: string, to: string): HostAddress;
  /** Told what an old primary's WAL held beyond the fork, before it goes. */
  onOrphaned(name: string, wal: OrphanedWal): void;
}

/**
 * Puts an instance manager beside each member, and one controller over them.
 *
 * @returns ends them; the servers stay as they are.
 */
export function superviseMembers(scene: SuperviseScene): () => Promise<void> {
  const { plan, world, store, log, managers, wayTo, onOrphaned } = scene;
  const primary = () => {
    const name = store.current().primary;
    const manager = name === null ? undefined : managers.get(name);
    return manager?.role() === "primary" ? manager : null;
  };
  const rejoin = (member: MemberSite, signal: AbortSignal) =>
    world.rejoin({ plan, log, primary, onOrphaned }, member, signal);
  const isBeyondFork = async (view: ServerView) => {
    const manager = primary();
    const timeline = manager?.view()?.timeline;
    return manager !== null && timeline !== undefined
      ? world.isBeyondFork(view, { site: manager.site, timeline })
      : false;
  };
  const onDeath = () => controller.wake();
  for (const site of plan.members) {
    const given = { plan, world, store, log, wayTo, rejoin, isBeyondFork, onDeath };
    managers.set(site.name, startInstanceManager(site, given));
  }
  const controlled: ControllerScene = { plan, world, store, log, managers };
  const controller = startController(controlled);
  return async () => {
    await controller.close();
    await Promise.all([...managers.values()].map((manager) => manager.close()));
  };
}
