import type { PartContext } from "../../contracts/context.ts";
import type { Step } from "../../contracts/step.ts";
import { defineTarget, type TargetHandle } from "../../contracts/target.ts";
import { DynoError } from "../../lib/errors.ts";
import { withConnection } from "../../lib/pg-connection.ts";
import { readPostgresqlFacts } from "../../lib/postgresql-facts.ts";
import { readDatabaseMachine, readUsableMemoryBytes } from "../../lib/postgresql-machine.ts";
import type { ProcessUser } from "../../lib/processes.ts";
import {
  createDatabase,
  DATABASE,
  endpointsOf,
  makePasswords,
  RUNNER,
  type LocalEndpoints,
} from "./database.ts";
import { findPostgresql, wantedPostgresql, type FoundPostgresql } from "./find-postgresql.ts";
import { hasModule, initInstance, startInstance } from "./instance.ts";
import { keepCopy, restoreCopy } from "./kept-data.ts";
import { localOptions, type LocalOptions } from "./options.ts";
import { chooseParameters, type Parameters } from "./parameters.ts";
import { planLocal } from "./plan.ts";
import { chooseServerUser } from "./server-user.ts";
import { checkGivenDirectory, chooseSite, makeSite, removeSite, type Site } from "./site.ts";
import { stopPostmaster } from "./stop-postmaster.ts";

/** The folder goes anyway: there is no point in waiting long for a last checkpoint. */
const PATIENCE = { fastMs: 5000, immediateMs: 5000 };
/** The folder stays: the checkpoint saves whoever starts it next the recovery. */
const PATIENCE_TO_KEEP = { fastMs: 120_000, immediateMs: 10_000 };

/** What becomes known step by step while the server comes up. */
interface Progress {
  found?: FoundPostgresql;
  user?: ProcessUser | null;
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
    const site = chooseSite(options.directory, context.scratchDirectory);
    const passwords = makePasswords();
    const progress: Progress = {};
    const start = async (signal: AbortSignal) => {
      const { binDirectory } = need(progress.found);
      const plan = {
        site,
        binDirectory,
        user: need(progress.user),
        parameters: need(progress.parameters),
      };
      const port = options.port ?? null;
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
        startStep(site, options.keep, context, progress, start),
        {
          title: `create database ${DATABASE}`,
          up: (signal) => createDatabase(need(progress.running).endpoints, passwords, signal),
          down: () => Promise.resolve(), // It goes with its cluster.
        },
      ],
      handle: () => handleOf(site, need(progress.found), need(progress.running)),
    };
  },
});

function findStep(options: LocalOptions, context: PartContext, progress: Progress): Step {
  const { path, version } = options.postgresql;
  return {
    title: path === undefined ? `find PostgreSQL ${version}` : `find PostgreSQL in ${path}`,
    async up(signal) {
      const { processes } = context;
      progress.user = await chooseServerUser(processes);
      const { user } = progress;
      const where = { processes, user, mayFetch: true, signal };
      progress.found = await findPostgresql(wantedPostgresql(options.postgresql), where);
      if (progress.found.major < OLDEST_MAJOR) {
        const because = `${progress.found.version} in ${progress.found.binDirectory} is older than ${OLDEST_MAJOR}`;
        throw new DynoError("POSTGRESQL_MISSING", { version: `${OLDEST_MAJOR} to 18`, because });
      }
      context.say(`PostgreSQL ${progress.found.version}, ${progress.found.provenance}`);
    },
    down: () => Promise.resolve(), // What was fetched stays for the next run.
  };
}

function folderStep(site: Site, keep: boolean, context: PartContext, progress: Progress): Step {
  let strike: (() => Promise<void>) | null = null;
  let made: string | null = null;
  let isOurs = false;
  return {
    title: `make ${site.home}`,
    async up() {
      if (site.givenDirectory !== null) await checkGivenDirectory(site.givenDirectory);
      isOurs = true;
      if (!keep) {
        strike = await context.journal.enter({ undo: "remove-directory", path: site.home });
      }
      const user = need(progress.user);
      made = await makeSite(site, user);
      const reached = await context.processes.run("test", ["-x", site.home], { user, cwd: "/" });
      if (reached.status !== 0) {
        const because = `user ${user?.uid}, as whom it runs since PostgreSQL refuses root, cannot pass through the folders above it.`;
        throw new DynoError("TARGET_DID_NOT_START", {
          directory: site.home,
          because,
          log: "empty",
        });
      }
    },
    async down() {
      if (!isOurs) return;
      if (keep) context.say(`the stopped server is kept in ${site.home}`);
      else await removeSite(site, made);
      await strike?.();
      strike = null;
    },
  };
}

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
  found: FoundPostgresql,
  { endpoints, postmasterPid }: NonNullable<Progress["running"]>,
): TargetHandle {
  const { dataDirectory, logFile } = site;
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
      { name: "pg1", monitorEndpoint: endpoints.monitor, postmasterPid, dataDirectory, logFile },
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
  };
}

const OLDEST_MAJOR = 14;
/** A checkpoint writes all of shared buffers; on a slow disk that takes its time. */
const CHECKPOINT_MS = 30 * 60_000;

/** The engine brings steps up in order; a later one cannot run before an earlier one. */
function need<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("A step of target `local` ran before the one it needs.");
  return value;
}
