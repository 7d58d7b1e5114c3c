import { type TargetHandle } from "../../contracts/target-handle.ts";
import type { PartContext } from "../../contracts/context.ts";
import { localHost } from "../../hosts/local-host.ts";
import { defineTarget, type OpenTarget, type TargetState } from "../../contracts/target.ts";
import { undoEntry } from "../../contracts/undoer.ts";
import { removeDirectoryUndoer } from "../../undoers/remove-directory.ts";
import { findServer } from "./find-server.ts";
import { withConnection } from "../../lib/pg-connection.ts";
import { readPostgresqlFacts } from "../../lib/postgresql-facts.ts";
import { readDatabaseMachine } from "../../lib/postgresql-machine.ts";
import { changeParameters } from "./apply-parameters.ts";
import { openCluster, wantsCluster } from "./cluster/open-cluster.ts";
import { serverDrills } from "./drills/server-drills.ts";
import { createDatabase, DATABASE, makePasswords, RUNNER } from "./database.ts";
import { findStep, folderStep, need, type Surroundings } from "./first-steps.ts";
import { keepCopy, restoreCopy } from "./kept-data.ts";
import { localOptions, type LocalOptions } from "./options.ts";
import { planLocal } from "./plan.ts";
import { checkLocal } from "./settings/check-local.ts";
import { localServers, stopEntryOf, type LocalServers } from "./servers.ts";
import { chooseSite, type Site } from "./site.ts";

/** A PostgreSQL of pgdyno's own on this machine, made for the run and taken away after it. */
export const local = defineTarget<LocalOptions>({
  id: "local",
  summary: "A fresh PostgreSQL on this machine, embedded or installed, taken away after the run.",
  options: localOptions,
  plan: planLocal,
  check: checkLocal,

  open(options, context) {
    if (wantsCluster(options)) return openCluster(options, context);
    const site = chooseSite(options.directory, context.scratchDirectory);
    const passwords = makePasswords();
    const surroundings: Surroundings = {};
    const servers = localServers({ options, site, passwords, context, surroundings });
    return {
      steps: [
        findStep(options, context, surroundings),
        folderStep(site, { keep: options.keep, isThere: false }, context, surroundings),
        {
          title: "initialise the cluster",
          up: (signal) => servers.initialise(need(surroundings.found), signal),
          down: () => Promise.resolve(), // It goes with its folder.
        },
        {
          title: "start PostgreSQL",
          up: (signal) => servers.start(signal),
          down: () => servers.down(),
        },
        {
          title: `create database ${DATABASE}`,
          up: (signal) => createDatabase(servers.current().endpoints, passwords, signal),
          down: () => Promise.resolve(), // It goes with its cluster.
        },
      ],
      handle: () => handleOf(site, servers, context),
      state: () => stateOf(site, options, surroundings),
    };
  },

  async attach(state, options, context) {
    if (wantsCluster(options)) return { is: "gone", because: "A cluster is not taken over." };
    const passwords = makePasswords();
    const found = await findServer(state, passwords, context);
    if (found.is === "gone") return found;
    const { site, port, waitsForRestart } = found;
    const surroundings: Surroundings = {};
    const servers = localServers({ options, site, passwords, context, surroundings });
    const target: OpenTarget = {
      steps: [
        findStep(options, context, surroundings),
        folderStep(site, { keep: options.keep, isThere: true }, context, surroundings),
        {
          title: "take over the server",
          async up(signal) {
            await servers.takeOver(need(surroundings.found), port);
            if (waitsForRestart) await servers.restart(signal);
          },
          down: () => servers.down(),
        },
      ],
      handle: () => handleOf(site, servers, context),
      state: () => stateOf(site, options, surroundings),
    };
    return { is: "attached", target };
  },
});

/** Of the first server; those of other versions are not taken over. */
function stateOf(site: Site, { keep }: LocalOptions, surroundings: Surroundings): TargetState {
  const found = need(surroundings.found);
  const folder = keep ? [] : [undoEntry(removeDirectoryUndoer, { path: site.home })];
  return {
    facts: { site: { ...site } },
    undoing: [...folder, stopEntryOf({ found, site }, need(surroundings.user))],
  };
}

function handleOf(site: Site, servers: LocalServers, { clock }: PartContext): TargetHandle {
  const { logFile } = site;
  // All servers answer at the same address.
  const { endpoints, found } = servers.current();
  const changed = new Map<number, ReadonlySet<string>>();
  const kept = () => ({
    database: DATABASE,
    owner: RUNNER,
    maintenanceEndpoint: endpoints.maintenance,
    dataDirectory: servers.current().dataDirectory,
  });
  return {
    loadEndpoint: endpoints.load,
    adminEndpoint: endpoints.admin,
    instances: [
      {
        name: "pg1",
        monitorEndpoint: endpoints.monitor,
        host: localHost(),
        get postmasterPid() {
          return servers.current().postmasterPid;
        },
        get dataDirectory() {
          return servers.current().dataDirectory;
        },
        logFile,
      },
    ],
    binDirectory: found.hasClientPrograms ? found.binDirectory : null,
    async facts(signal) {
      const options = { applicationName: "pgdyno-target", timeoutMs: 10_000, signal };
      const facts = await withConnection(endpoints.monitor, options, readPostgresqlFacts);
      const { found: now, dataDirectory } = servers.current();
      return {
        server: { ...facts, provenance: now.provenance },
        machine: readDatabaseMachine(dataDirectory, true),
      };
    },
    async checkpoint(signal) {
      const options = {
        applicationName: "pgdyno-target",
        timeoutMs: CHECKPOINT_MS,
        statementTimeoutMs: 0,
        signal,
      };
      await withConnection(endpoints.admin, options, ({ query }) => query("checkpoint"));
      return true;
    },
    keepData: (signal) => keepCopy(kept(), signal),
    restoreData: (signal) => restoreCopy(kept(), signal),
    can: {
      crash: serverDrills(site, servers, clock),
      parameters: {
        async apply(wanted, signal) {
          const { major } = servers.current().found;
          const before = changed.get(major) ?? new Set();
          const change = { endpoint: endpoints.maintenance, wanted, before };
          // Before the change: what was half done is taken back by the next one.
          changed.set(major, new Set([...before, ...Object.keys(wanted)]));
          if (await changeParameters(change, signal)) await servers.restart(signal);
          changed.set(major, new Set(Object.keys(wanted)));
        },
      },
      version: {
        async use(wanted, signal) {
          const { major, version, provenance } = (await servers.use(wanted, signal)).found;
          return { major, version, provenance };
        },
      },
    },
  };
}

/** A checkpoint writes all of shared buffers; on a slow disk that takes its time. */
const CHECKPOINT_MS = 30 * 60_000;
