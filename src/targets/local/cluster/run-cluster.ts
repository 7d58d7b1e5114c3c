import path from "node:path";
import type {
  ArchiveControl,
  Cluster,
  ClusterAddress,
  ClusterMember,
  OrphanedWal,
} from "../../../contracts/cluster.ts";
import { realpathSync } from "node:fs";
import type { ClusterPlan } from "./cluster-plan.ts";
import { startController, type ControllerScene } from "./controller.ts";
import { partOf, start, stop, type DesiredState } from "./desired-state.ts";
import { eventLog, type EventLog } from "./event-log.ts";
import { findFork } from "./find-fork.ts";
import { startInstanceManager, type InstanceManager } from "./instance-manager.ts";
import { undoingOfDetour } from "./lead-straight.ts";
import { lookAtHealth } from "./cluster-health.ts";
import { openRecovery } from "./recover.ts";
import { rejoinMember } from "./rejoin.ts";
import type { Store } from "./store.ts";
import { setSynchronous } from "./set-synchronous.ts";
import { switchOver } from "./switch-over.ts";

/** The managers and the controller at work. */
export interface RunningCluster {
  readonly cluster: Cluster;
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
  const managers = new Map<string, InstanceManager>();
  const routes = new Map<string, ClusterAddress>();
  const orphaned = new Map<string, OrphanedWal>();
  const wayTo = (from: string, to: string): ClusterAddress =>
    routes.get(`${from} ${to}`) ?? { host: "127.0.0.1", port: managerOf(managers, to).site.port };
  const rejoin = (member: ClusterPlan["members"][number], signal: AbortSignal) =>
    rejoinMember(
      {
        plan,
        log,
        primary: () => findPrimary(store, managers),
        onOrphaned: (name, wal) => orphaned.set(name, wal),
      },
      member,
      signal,
    );
  const onDeath = () => controller.wake();
  for (const site of plan.members) {
    managers.set(
      site.name,
      startInstanceManager(site, { plan, store, log, wayTo, rejoin, onDeath }),
    );
  }
  const scene: ControllerScene = { plan, store, log, managers };
  const controller = startController(scene);

  const recovery = openRecovery(scene, archive);
  const isHealthy = (signal: AbortSignal) => lookAtHealth(scene, signal);
  const cluster: Cluster = {
    clock: plan.clock,
    get synchronous() {
      return store.current().asked;
    },
    setSynchronous: (asked, signal) => setSynchronous(scene, asked, signal),
    archive,
    recovery: archive === null ? null : recovery.control,
    members: () => plan.members.map(({ name }) => describeMember(store, managerOf(managers, name))),
    primary: () =>
      [...managers.values()].find((one) => one.role() === "primary")?.site.name ?? null,
    onEvent: (listener) => log.listen(listener),
    events: () => log.all(),
    switchover: (to, signal) => switchOver(scene, to, signal),
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
    isHealthy,
    async untilHealthy(signal) {
      while (!(await isHealthy(signal)).healthy) await plan.clock.sleep(HEALTH_LOOK_MS, signal);
    },
    forkOf: (timeline) => findFork(plan, timeline),
    orphanedWalOf: (name) => orphaned.get(name) ?? null,
    async route({ from, to }, via) {
      if (via === null) routes.delete(`${from} ${to}`);
      else routes.set(`${from} ${to}`, via);
      managerOf(managers, from).wake();
      await Promise.resolve();
    },
    undoingOfRoute({ from, to }, via) {
      const { dataDirectory } = managerOf(managers, from).site;
      return undoingOfDetour({ dataDirectory, via, to: cluster.addressOf(to) });
    },
    addressOf: (name) => ({ host: "127.0.0.1", port: managerOf(managers, name).site.port }),
  };
  return {
    cluster,
    store,
    log,
    managers,
    async close() {
      await recovery.close();
      await controller.close();
      await Promise.all([...managers.values()].map((manager) => manager.close()));
      await store.close();
    },
  };
}

function describeMember(store: Store, manager: InstanceManager): ClusterMember {
  const { name, dataDirectory, logFile } = manager.site;
  const view = manager.view();
  return {
    name,
    role: manager.role(),
    wanted: partOf(store.current(), name),
    postmasterPid: manager.postmasterPid(),
    dataDirectory,
    walDirectory: realPath(path.join(dataDirectory, "pg_wal")),
    logFile,
    timeline: view?.timeline ?? null,
    lsnBytes: view?.lsnBytes ?? null,
  };
}

function findPrimary(store: Store, managers: ReadonlyMap<string, InstanceManager>) {
  const { primary } = store.current();
  const manager = primary === null ? undefined : managers.get(primary);
  return manager?.role() === "primary" ? manager : null;
}

async function setPaused(store: Store, paused: boolean): Promise<void> {
  await store.change((state: DesiredState) => ({ ...state, paused }));
}

function managerOf(managers: ReadonlyMap<string, InstanceManager>, name: string): InstanceManager {
  const manager = managers.get(name);
  if (manager === undefined) throw new Error(`The cluster has no member ${name}.`);
  return manager;
}

function realPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder; // Being copied anew just now.
  }
}
