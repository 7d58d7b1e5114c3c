import type { Instance } from "../../../contracts/instance.ts";
import type { TargetHandle } from "../../../contracts/target-handle.ts";
import type { ArchiveControl } from "../../../contracts/archive.ts";
import type { PartContext } from "../../../contracts/context.ts";
import { localCapabilities } from "../capabilities/local-capabilities.ts";
import { localHost } from "../../../hosts/local-host.ts";
import type { Endpoint } from "../../../lib/endpoint.ts";
import { withConnection } from "../../../lib/pg-connection.ts";
import { readPostgresqlFacts } from "../../../lib/postgresql-facts.ts";
import { readDatabaseMachine } from "../../../lib/postgresql-machine.ts";
import { DATABASE, endpointsOf, RUNNER, type LocalEndpoints, type Passwords } from "../database.ts";
import { clusterDrills } from "../drills/cluster-drills.ts";
import type { FoundPostgresql } from "../find-postgresql.ts";
import { keepCopy, restoreCopy } from "../kept-data.ts";
import type { ClusterPlan } from "./cluster-plan.ts";
import type { InstanceManager } from "./instance-manager.ts";
import type { RunningCluster } from "./run-cluster.ts";

interface HandleScene {
  readonly plan: ClusterPlan;
  readonly found: FoundPostgresql;
  readonly running: RunningCluster;
  readonly archive: ArchiveControl | null;
  readonly passwords: Passwords;
  readonly context: PartContext;
}

/** A checkpoint writes all of shared buffers; on a slow disk that takes its time. */
const CHECKPOINT_MS = 30 * 60_000;

/** The cluster as the engine drives it. Whatever asks for the primary is given the one of that moment. */
export function clusterHandle({
  plan,
  found,
  running,
  archive,
  passwords,
  context,
}: HandleScene): TargetHandle {
  const { cluster, members, synchronous, oldPrimaryWal, recovery, routes, managers } = running;
  const all = [...managers.values()];
  const primary = (): InstanceManager => {
    const manager = all.find(({ role }) => role() === "primary");
    if (manager === undefined) throw new Error("The cluster has no primary now.");
    return manager;
  };
  const endpoints = (): LocalEndpoints => endpointsOf(primary().site.port, passwords);
  const kept = () => ({
    database: DATABASE,
    owner: RUNNER,
    maintenanceEndpoint: endpoints().maintenance,
    dataDirectory: primary().site.dataDirectory,
  });
  return {
    loadEndpoint: everyHost(plan, endpointsOf(plan.members[0]!.port, passwords).load),
    get adminEndpoint() {
      return endpoints().admin;
    },
    instances: all.map((manager) => instanceOf(manager, passwords)),
    cluster,
    can: {
      ...localCapabilities({
        members: {
          members: all.map(({ site: { name, dataDirectory, port } }) => ({
            name,
            dataDirectory,
            admin: endpointsOf(port, passwords).admin,
          })),
          cluster,
        },
        routes,
        load: { user: RUNNER, database: DATABASE },
        segmentBytes: plan.segmentBytes,
        context,
      }),
      members,
      oldPrimaryWal,
      ...(all.length > 1 ? { synchronous } : {}),
      ...(archive === null ? {} : { archive }),
      ...(recovery === null ? {} : { recovery }),
      ...clusterDrills({
        plan,
        running,
        primary,
        adminOf: (port) => endpointsOf(port, passwords).admin,
      }),
    },
    binDirectory: found.hasClientPrograms ? found.binDirectory : null,
    async facts(signal) {
      const options = { applicationName: "pgdyno-target", timeoutMs: 10_000, signal };
      const facts = await withConnection(endpoints().monitor, options, readPostgresqlFacts);
      return {
        server: { ...facts, provenance: found.provenance },
        machine: readDatabaseMachine(primary().site.dataDirectory, true),
      };
    },
    async checkpoint(signal) {
      const options = {
        applicationName: "pgdyno-target",
        timeoutMs: CHECKPOINT_MS,
        statementTimeoutMs: 0,
        signal,
      };
      await withConnection(endpoints().admin, options, ({ query }) => query("checkpoint"));
      return true;
    },
    keepData: (signal) => keepCopy(kept(), signal),
    restoreData: (signal) => restoreCopy(kept(), signal),
  };
}

/** All members in one endpoint: who loads it finds the primary by asking each. */
function everyHost({ members }: ClusterPlan, endpoint: Endpoint): Endpoint {
  return { ...endpoint, hosts: members.map(({ port }) => ({ host: "127.0.0.1", port })) };
}

function instanceOf(manager: InstanceManager, passwords: Passwords): Instance {
  const { name, port, dataDirectory, logFile } = manager.site;
  return {
    name,
    monitorEndpoint: endpointsOf(port, passwords).monitor,
    host: localHost(),
    get postmasterPid() {
      return manager.postmasterPid();
    },
    dataDirectory,
    logFile,
  };
}
