import { undoingBy } from "../../../contracts/undoer.ts";
import { openRecovery } from "./recover.ts";
import type { ArchiveControl, RecoveryControl } from "../../../contracts/archive.ts";
import type {
  MemberControl,
  OldPrimaryWal,
  SynchronousControl,
} from "../../../contracts/capabilities.ts";
import type { Cluster, ClusterMember, OrphanedWal } from "../../../contracts/cluster.ts";
import type { HostAddress } from "../../../lib/endpoint.ts";
import type { WalRoutes } from "../capabilities/wal-streams.ts";
import type { ClusterPlan } from "./cluster-plan.ts";
import type { ControllerScene } from "./controller.ts";
import { partOf, start, stop, type DesiredState } from "./desired-state.ts";
import { eventLog, type EventLog } from "./event-log.ts";
import type { InstanceManager } from "./instance-manager.ts";
import { leadStraightUndoer } from "./lead-straight-undoer.ts";
import { lookAtHealth } from "./cluster-health.ts";
import { machineWorld } from "./machine-world.ts";
import type { Store } from "./store.ts";
import { setSynchronous } from "./set-synchronous.ts";
import { superviseMembers } from "./supervise-members.ts";
import { switchOver } from "./switch-over.ts";

/** The managers and the controller at work, and what they can be asked to do. */
export interface RunningCluster {
  readonly cluster: Cluster;
  readonly members: MemberControl;
  readonly synchronous: SynchronousControl;
  readonly oldPrimaryWal: OldPrimaryWal;
  /** `null` where nothing is archived. */
  readonly recovery: RecoveryControl | null;
  readonly routes: WalRoutes;
  readonly store: Store;
  readonly log: EventLog;
  readonly managers: ReadonlyMap<string, InstanceManager>;
  /** Ends managers and controller. The servers stay as they are. */
  close(): Promise<void>;
}

const HEALTH_LOOK_MS = 20;

/** Begins to make the members what the store says, and to watch the primary. */
export function runCluster(
  plan: ClusterPlan,
  store: Store,
  archive: ArchiveControl | null,
): RunningCluster {
  const log = eventLog(plan.clock);
  const world = machineWorld(plan);
  const managers = new Map<string, InstanceManager>();
  const orphaned = new Map<string, OrphanedWal>();
  const ways = walRoutes(plan, managers);
  const close = superviseMembers({
    plan,
    world,
    store,
    log,
    managers,
    wayTo: ways.wayTo,
    onOrphaned: (name, wal) => orphaned.set(name, wal),
  });
  const scene: ControllerScene = { plan, world, store, log, managers };
  const recovery = openRecovery(scene, archive);
  return {
    cluster: clusterOf(scene),
    members: memberControl(scene),
    synchronous: { set: (asked, signal) => setSynchronous(scene, asked, signal) },
    oldPrimaryWal: { orphanedOf: (name) => orphaned.get(name) ?? null },
    recovery: archive === null ? null : recovery.control,
    routes: ways.routes,
    store,
    log,
    managers,
    async close() {
      await recovery.close();
      await close();
      await store.close();
    },
  };
}

function clusterOf(scene: ControllerScene): Cluster {
  const { plan, store, log, managers } = scene;
  const isHealthy = (signal: AbortSignal) => lookAtHealth(scene, signal);
  return {
    clock: plan.clock,
    get synchronous() {
      return store.current().asked;
    },
    members: () => plan.members.map(({ name }) => describeMember(store, managerOf(managers, name))),
    primary: () =>
      [...managers.values()].find((one) => one.role() === "primary")?.site.name ?? null,
    onEvent: (listener) => log.listen(listener),
    events: () => log.all(),
    switchover: (to, signal) => switchOver(scene, to, signal),
    isHealthy,
    async untilHealthy(signal) {
      while (!(await isHealthy(signal)).healthy) await plan.clock.sleep(HEALTH_LOOK_MS, signal);
    },
  };
}

/** All through the desired state: only the instance managers start and stop. */
function memberControl({ store, managers }: ControllerScene): MemberControl {
  return {
    async stop(name, signal) {
      const manager = managerOf(managers, name);
      await store.change((state) => stop(state, name));
      await manager.until(() => manager.role() === "down", signal);
    },
    async start(name, signal) {
      const manager = managerOf(managers, name);
      manager.forgive();
      await store.change((state) => start(state, name));
      await manager.until(() => ["primary", "standby"].includes(manager.role()), signal);
    },
    pause: () => setPaused(store, true),
    resume: () => setPaused(store, false),
  };
}

/** The ways that WAL takes, as the managers write them into the members' settings. */
function walRoutes(
  { endpointsOf }: ClusterPlan,
  managers: ReadonlyMap<string, InstanceManager>,
): { readonly routes: WalRoutes; wayTo(from: string, to: string): HostAddress } {
  const detours = new Map<string, HostAddress>();
  const addressOf = (name: string): HostAddress => ({
    host: "127.0.0.1",
    port: managerOf(managers, name).site.port,
  });
  return {
    wayTo: (from, to) => detours.get(`${from} ${to}`) ?? addressOf(to),
    routes: {
      addressOf,
      monitorOf: (name) => endpointsOf(managerOf(managers, name).site.port).monitor,
      route({ from, to }, via) {
        if (via === null) detours.delete(`${from} ${to}`);
        else detours.set(`${from} ${to}`, via);
        managerOf(managers, from).wake();
      },
      undoingOf({ from, to }, via) {
        const { dataDirectory } = managerOf(managers, from).site;
        return undoingBy(leadStraightUndoer, { dataDirectory, via, to: addressOf(to) });
      },
    },
  };
}

function describeMember(store: Store, manager: InstanceManager): ClusterMember {
  const { name } = manager.site;
  const view = manager.view();
  return {
    name,
    role: manager.role(),
    wanted: partOf(store.current(), name),
    timeline: view?.timeline ?? null,
    lsnBytes: view?.lsnBytes ?? null,
  };
}

async function setPaused(store: Store, paused: boolean): Promise<void> {
  await store.change((state: DesiredState) => ({ ...state, paused }));
}

function managerOf(managers: ReadonlyMap<string, InstanceManager>, name: string): InstanceManager {
  const manager = managers.get(name);
  if (manager === undefined) throw new Error(`The cluster has no member ${name}.`);
  return manager;
}
