import { undoEntry, type UndoEntry } from "../../contracts/undoer.ts";
import { findPostmaster } from "../../lib/postgresql-process.ts";
import type { ProcessUser } from "../../lib/processes.ts";
import { stopPostgresUndoer } from "./stop-postgres-undoer.ts";
import path from "node:path";
import type { PartContext } from "../../contracts/context.ts";
import { readUsableMemoryBytes } from "../../lib/postgresql-machine.ts";
import { startServer } from "./cluster/server-process.ts";
import { createDatabase, endpointsOf, type LocalEndpoints, type Passwords } from "./database.ts";
import { findPostgresql, type FoundPostgresql } from "./find-postgresql.ts";
import { need, type Surroundings } from "./first-steps.ts";
import { hasModule, initInstance, startInstance } from "./instance.ts";
import type { LocalOptions } from "./options.ts";
import { chooseParameters, type Parameters } from "./parameters.ts";
import type { Site } from "./site.ts";
import { endServer, stopPostmaster } from "./stop-postmaster.ts";

/** The folder goes anyway: there is no point in waiting long for a last checkpoint. */
const PATIENCE = { fastMs: 5000, immediateMs: 5000 };
/** The folder stays: the checkpoint saves whoever starts it next the recovery. */
const PATIENCE_TO_KEEP = { fastMs: 120_000, immediateMs: 10_000 };

/** The server that answers now. */
export interface RunningServer {
  readonly found: FoundPostgresql;
  readonly dataDirectory: string;
  readonly endpoints: LocalEndpoints;
  /** Another one after a restart. */
  readonly postmasterPid: number;
}

/**
 * The servers of one site, one per major version, of which one runs at a time: all at the same address,
 * with the same roles and passwords, each with data of its own.
 */
export interface LocalServers {
  /** Makes the first one, in the site's own data directory. */
  initialise(found: FoundPostgresql, signal: AbortSignal): Promise<void>;
  /** Takes over the first one, which an earlier process started and which answers at that port. */
  takeOver(found: FoundPostgresql, port: number): Promise<void>;
  /** Starts the first one. @throws {DynoError} TARGET_DID_NOT_START */
  start(signal: AbortSignal): Promise<void>;
  current(): RunningServer;
  restart(signal: AbortSignal): Promise<void>;
  /** Starts the one that ran, after it was killed, and waits as long as its recovery takes. */
  startKilled(signal: AbortSignal): Promise<void>;
  /**
   * Runs the server of that major version in place of the one that runs, and makes it where there is
   * none yet; `null` stands for the first one.
   *
   * @throws {DynoError} POSTGRESQL_MISSING, TARGET_DID_NOT_START
   */
  use(major: number | null, signal: AbortSignal): Promise<RunningServer>;
  /** Stops whatever runs. */
  down(): Promise<void>;
}

interface Server {
  readonly found: FoundPostgresql;
  readonly site: Site;
  readonly parameters: Parameters;
}

export interface ServersScene {
  readonly options: LocalOptions;
  readonly site: Site;
  readonly passwords: Passwords;
  readonly context: PartContext;
  readonly surroundings: Surroundings;
}

/** What stops that server should this process be gone. */
export function stopEntryOf(
  {
    found: { binDirectory },
    site: { dataDirectory },
  }: {
    readonly found: Pick<FoundPostgresql, "binDirectory">;
    readonly site: Pick<Site, "dataDirectory">;
  },
  user: ProcessUser | null,
): UndoEntry {
  return undoEntry(stopPostgresUndoer, { dataDirectory, binDirectory, uid: user?.uid ?? null });
}

/** No server yet. */
export function localServers(scene: ServersScene): LocalServers {
  const { options, site, passwords, context, surroundings } = scene;
  const { processes, journal, clock, say } = context;
  const servers = new Map<number, Server>();
  const strikes = new Map<string, () => Promise<void>>();
  let first: Server | undefined;
  let running: RunningServer | undefined;

  const describe = async (found: FoundPostgresql): Promise<Server> => {
    const { binDirectory, major } = found;
    const dataDirectory =
      first === undefined ? site.dataDirectory : path.join(site.home, `data-${major}`);
    return {
      found,
      site: { ...site, dataDirectory },
      parameters: chooseParameters(options.postgresql.parameters, {
        memoryBytes: readUsableMemoryBytes(),
        hasPgStatStatements: await hasModule(binDirectory, "pg_stat_statements"),
      }),
    };
  };
  const make = async (found: FoundPostgresql, signal: AbortSignal): Promise<Server> => {
    const server = await describe(found);
    const plan = { ...server, binDirectory: found.binDirectory, user: need(surroundings.user) };
    await initInstance(plan, passwords.superuser, { processes, signal });
    servers.set(found.major, server);
    return server;
  };
  const enter = async (server: Pick<Server, "found" | "site">) => {
    const { dataDirectory } = server.site;
    if (strikes.has(dataDirectory)) return;
    const entry = stopEntryOf(server, need(surroundings.user));
    strikes.set(dataDirectory, await journal.enter(entry));
  };
  const start = async (server: Server, port: number | null, signal: AbortSignal) => {
    const { found, site: own } = server;
    const { binDirectory } = found;
    const user = need(surroundings.user);
    const { dataDirectory } = own;
    await enter(server);
    const plan = { ...server, binDirectory, user };
    const started = await startInstance(plan, port, { processes, signal });
    running = {
      found,
      dataDirectory,
      endpoints: endpointsOf(started.port, passwords),
      postmasterPid: started.postmasterPid,
    };
    return running;
  };
  const port = () => need(running).endpoints.load.hosts[0]!.port;

  return {
    async initialise(found, signal) {
      first = await make(found, signal);
    },
    async takeOver(found, port) {
      first = await describe(found);
      servers.set(found.major, first);
      await enter(first);
      const { dataDirectory } = first.site;
      const postmasterPid = findPostmaster(dataDirectory)!.pid;
      running = { found, dataDirectory, endpoints: endpointsOf(port, passwords), postmasterPid };
    },
    async start(signal) {
      await start(need(first), options.port ?? null, signal);
    },
    current: () => need(running),
    async restart(signal) {
      const { found, dataDirectory } = need(running);
      await stopPostmaster(dataDirectory, PATIENCE_TO_KEEP);
      await start(servers.get(found.major)!, port(), signal);
    },
    async startKilled(signal) {
      const { found, dataDirectory } = need(running);
      const { binDirectory } = found;
      const programs = { binDirectory, user: need(surroundings.user), processes, clock };
      const { pid } = await startServer(programs, { ...site, dataDirectory, port: port() }, signal);
      running = { ...need(running), postmasterPid: pid };
    },
    async use(wanted, signal) {
      const major = wanted ?? need(first).found.major;
      const before = need(running);
      if (before.found.major === major) return before;
      const known = servers.get(major);
      const server = known ?? (await make(await find(major, signal), signal));
      await stopPostmaster(before.dataDirectory, PATIENCE_TO_KEEP);
      const now = await start(server, port(), signal);
      if (known === undefined) await createDatabase(now.endpoints, passwords, signal);
      return now;
    },
    async down() {
      const patience = options.keep ? PATIENCE_TO_KEEP : PATIENCE;
      for (const { found, site: own } of servers.values()) {
        const { dataDirectory } = own;
        await endServer({ dataDirectory, binDirectory: found.binDirectory }, patience);
      }
      for (const strike of strikes.values()) await strike();
      strikes.clear();
    },
  };

  async function find(version: number, signal: AbortSignal): Promise<FoundPostgresql> {
    const { path: given, from } = options.postgresql;
    const user = need(surroundings.user);
    const found = await findPostgresql(
      { version, from: given === undefined ? from : "any" },
      { processes, user, mayFetch: true, signal },
    );
    say(`PostgreSQL ${found.version}, ${found.provenance}`);
    return found;
  }
}
