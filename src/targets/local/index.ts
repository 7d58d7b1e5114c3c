import type { PartContext } from "../../contracts/context.ts";
import type { Step } from "../../contracts/step.ts";
import { defineTarget, type TargetHandle } from "../../contracts/target.ts";
import { withConnection } from "../../lib/pg-connection.ts";
import { readPostgresqlFacts } from "../../lib/postgresql-facts.ts";
import { readDatabaseMachine, readUsableMemoryBytes } from "../../lib/postgresql-machine.ts";
import { changeParameters } from "./apply-parameters.ts";
import {
  createDatabase,
  DATABASE,
  endpointsOf,
  makePasswords,
  RUNNER,
  type LocalEndpoints,
} from "./database.ts";
import { findStep, folderStep, need, type Surroundings } from "./first-steps.ts";
import { openCluster, wantsCluster } from "./cluster/open-cluster.ts";
import { hasModule, initInstance, startInstance } from "./instance.ts";
import { keepCopy, restoreCopy } from "./kept-data.ts";
import { localOptions, type LocalOptions } from "./options.ts";
import { chooseParameters, type Parameters } from "./parameters.ts";
import { planLocal } from "./plan.ts";
import { chooseSite, type Site } from "./site.ts";
import { stopPostmaster } from "./stop-postmaster.ts";

/** The folder goes anyway: there is no point in waiting long for a last checkpoint. */
const PATIENCE = { fastMs: 5000, immediateMs: 5000 };
/** The folder stays: the checkpoint saves whoever starts it next the recovery. */
const PATIENCE_TO_KEEP = { fastMs: 120_000, immediateMs: 10_000 };

/** What becomes known step by step while the server comes up. */
interface Progress extends Surroundings {
  parameters?: Parameters;
  running?: { readonly endpoints: LocalEndpoints; readonly postmasterPid: number };
}

/** A PostgreSQL of pgdyno's own on this machine, made for the run and taken away after it. */
export const local = defineTarget<LocalOptions>({
  id: "local",
  summary: "A fresh PostgreSQL on this machine, embedded or installed, taken away after the run.",
  options: localOptions,
  plan: planLocal,

  open(options, context) {
    if (wantsCluster(options)) return openCluster(options, context);
    const site = chooseSite(options.directory, context.scratchDirectory);
    const passwords = makePasswords();
    const progress: Progress = {};
    const start = async (signal: AbortSignal, port: number | null) => {
      const { binDirectory } = need(progress.found);
      const plan = {
        site,
        binDirectory,
        user: need(progress.user),
        parameters: need(progress.parameters),
      };
      const running = await startInstance(plan, port, { processes: context.processes, signal });
      const endpoints = endpointsOf(running.port, passwords);
      progress.running = { endpoints, postmasterPid: running.postmasterPid };
    };
    return {
      steps: [
        findStep(options, context, progress),
        folderStep(site, options.keep, context, progress),
        {
          title: "initialise the cluster",
          async up(signal) {
            const { binDirectory } = need(progress.found);
            const user = need(progress.user);
            const parameters = chooseParameters(options.postgresql.parameters, {
              memoryBytes: readUsableMemoryBytes(),
              hasPgStatStatements: await hasModule(binDirectory, "pg_stat_statements"),
            });
            progress.parameters = parameters;
            const plan = { site, binDirectory, user, parameters };
            await initInstance(plan, passwords.superuser, {
              processes: context.processes,
              signal,
            });
          },
          down: () => Promise.resolve(), // It goes with its folder.
        },
        startStep(site, options.keep, context, progress, (signal) =>
          start(signal, options.port ?? null),
        ),
        {
          title: `create database ${DATABASE}`,
          up: (signal) => createDatabase(need(progress.running).endpoints, passwords, signal),
          down: () => Promise.resolve(), // It goes with its cluster.
        },
      ],
      handle: () => {
        const { endpoints } = need(progress.running);
        const restart = async (signal: AbortSignal) => {
          await stopPostmaster(site.dataDirectory, PATIENCE_TO_KEEP);
          await start(signal, endpoints.load.hosts[0]!.port);
        };
        return handleOf(site, progress, restart);
      },
    };
  },
});

function startStep(
  site: Site,
  keep: boolean,
  { journal }: PartContext,
  progress: Progress,
  start: (signal: AbortSignal) => Promise<void>,
): Step {
  let strike: (() => Promise<void>) | null = null;
  return {
    title: "start PostgreSQL",
    async up(signal) {
      strike = await journal.enter({
        undo: "stop-postgres",
        dataDirectory: site.dataDirectory,
        binDirectory: need(progress.found).binDirectory,
        uid: need(progress.user)?.uid ?? null,
      });
      await start(signal);
    },
    async down() {
      await stopPostmaster(site.dataDirectory, keep ? PATIENCE_TO_KEEP : PATIENCE);
      await strike?.();
      strike = null;
    },
  };
}

function handleOf(
  site: Site,
  progress: Progress,
  restart: (signal: AbortSignal) => Promise<void>,
): TargetHandle {
  const found = need(progress.found);
  const { endpoints } = need(progress.running);
  const { dataDirectory, logFile } = site;
  let changed: ReadonlySet<string> = new Set();
  const kept = {
    database: DATABASE,
    owner: RUNNER,
    maintenanceEndpoint: endpoints.maintenance,
    dataDirectory,
  };
  return {
    loadEndpoint: endpoints.load,
    adminEndpoint: endpoints.admin,
    instances: [
      {
        name: "pg1",
        monitorEndpoint: endpoints.monitor,
        // Another one after a restart.
        get postmasterPid() {
          return need(progress.running).postmasterPid;
        },
        dataDirectory,
        logFile,
      },
    ],
    binDirectory: found.hasClientPrograms ? found.binDirectory : null,
    async facts(signal) {
      const options = { applicationName: "pgdyno-target", timeoutMs: 10_000, signal };
      const facts = await withConnection(endpoints.monitor, options, readPostgresqlFacts);
      return {
        server: { ...facts, provenance: found.provenance },
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
    keepData: (signal) => keepCopy(kept, signal),
    restoreData: (signal) => restoreCopy(kept, signal),
    async applyParameters(wanted, signal) {
      const change = { endpoint: endpoints.maintenance, wanted, before: changed };
      // Before the change: what was half done is taken back by the next one.
      changed = new Set([...changed, ...Object.keys(wanted)]);
      if (await changeParameters(change, signal)) await restart(signal);
      changed = new Set(Object.keys(wanted));
    },
  };
}

/** A checkpoint writes all of shared buffers; on a slow disk that takes its time. */
const CHECKPOINT_MS = 30 * 60_000;
