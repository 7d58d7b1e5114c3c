import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import type { Capabilities, MemberControl } from "../../../contracts/capabilities.ts";
import type { RebuildDrill } from "../../../contracts/recovery-drills.ts";
import type { Endpoint } from "../../../lib/endpoint.ts";
import { killServer } from "../../../lib/postgresql-server-processes.ts";
import type { ClusterPlan } from "../cluster/cluster-plan.ts";
import type { InstanceManager } from "../cluster/instance-manager.ts";
import { makeStandby } from "../cluster/promotion.ts";
import type { RunningCluster } from "../cluster/run-cluster.ts";
import { takeBaseBackup } from "../cluster/take-base-backup.ts";
import { crashServer } from "./crash-server.ts";
import { holdCheckpoints } from "./hold-checkpoints.ts";

interface DrillScene {
  readonly plan: ClusterPlan;
  readonly running: RunningCluster;
  readonly primary: () => InstanceManager;
  /** Of a server on that port: a superuser, in the database under test. */
  readonly adminOf: (port: number) => Endpoint;
}

const ASK_MS = 60_000;
const LOOK_MS = 10;

/** The drills of a cluster: its manager and controller do what they always do, but for failing over. */
export function clusterDrills(scene: DrillScene): Pick<Capabilities, "crash" | "rebuild"> {
  const { plan, running, primary, adminOf } = scene;
  const { members } = running;
  const admin = () => adminOf(primary().site.port);
  return {
    crash: {
      holdCheckpoints: (signal) => holdCheckpoints(admin, signal),
      crash(signal) {
        const manager = primary();
        const { name, dataDirectory, logFile } = manager.site;
        return crashServer(
          {
            clock: plan.clock,
            logFile,
            endpoint: admin(),
            async kill() {
              await members.pause();
              await killServer(dataDirectory);
              await manager.until(() => manager.role() === "down", signal);
            },
            start: (stop) => startInItsPlace(members, name, stop),
          },
          signal,
        );
      },
    },
    ...(plan.members.length < 2
      ? {}
      : { rebuild: { rebuild: (signal) => rebuildStandby(scene, signal) } }),
  };
}

/** Forgiven first, and only then may the controller look again: it would fail over. */
async function startInItsPlace(
  members: MemberControl,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const starting = members.start(name, signal);
  starting.catch(() => undefined); // Seen below.
  await members.resume();
  await starting;
}

async function rebuildStandby(
  { plan, running, primary }: DrillScene,
  signal: AbortSignal,
): Promise<RebuildDrill> {
  const { members, managers } = running;
  const { clock } = plan;
  const standby = [...managers.values()].findLast(({ role }) => role() === "standby");
  if (standby === undefined) throw new Error("The cluster has no standby now.");
  const { site } = standby;
  await members.stop(site.name, signal);
  for (const folder of [site.dataDirectory, site.walDirectory]) {
    if (folder === null) continue;
    for (const name of await readdir(folder)) {
      await rm(path.join(folder, name), { recursive: true, force: true });
    }
  }
  const startedAtMs = clock.now();
  const { bytes } = await takeBaseBackup(plan, { member: site, from: primary().site, signal });
  await makeStandby(site, plan.user);
  const copiedAtMs = clock.now();
  const [row] = await primary().session.query<{ lsn: string }>(
    "select pg_current_wal_flush_lsn()::text as lsn",
    ASK_MS,
  );
  await members.start(site.name, signal);
  await untilReplayed(plan, standby, row!.lsn, signal);
  return { member: site.name, startedAtMs, copiedAtMs, caughtUpAtMs: clock.now(), bytes };
}

/** Streaming, and at least as far as that LSN. */
async function untilReplayed(
  { clock }: ClusterPlan,
  { session }: InstanceManager,
  lsn: string,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const [row] = await session.query<{ there: boolean }>(
      `select coalesce(pg_last_wal_replay_lsn() >= '${lsn}', false)
              and exists (select from pg_stat_wal_receiver where status = 'streaming') as there`,
      ASK_MS,
    );
    if (row!.there) return;
    await clock.sleep(LOOK_MS, signal);
  }
}
