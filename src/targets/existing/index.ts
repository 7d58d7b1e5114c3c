import { type TargetHandle } from "../../contracts/target-handle.ts";
import { randomUUID } from "node:crypto";
import type { PartContext } from "../../contracts/context.ts";
import { defineTarget, type TargetUse } from "../../contracts/target.ts";
import { describeEndpoint, type Endpoint } from "../../lib/endpoint.ts";
import { DynoError } from "../../lib/errors.ts";
import { followServer } from "../../hosts/follow-server.ts";
import { findLocalServer, type LocalServer } from "../../lib/find-local-server.ts";
import { tellLoggedQuestions } from "../../lib/logged-questions.ts";
import { openConnection, withConnection, type Connection } from "../../lib/pg-connection.ts";
import { refuseSharedSessions, tellSessionPooler } from "../../lib/pooler.ts";
import { readMissingPrivileges, readPostgresqlFacts } from "../../lib/postgresql-facts.ts";
import { readDatabaseMachine } from "../../lib/postgresql-machine.ts";
import { placeMarker, readContent, type DatabaseContent } from "../../lib/postgresql-marker.ts";
import { readWhyReadOnly } from "./ask-server.ts";
import { checkExisting } from "./check-existing.ts";
import { lookAtServer } from "./look-at-server.ts";
import { existingOptions, type ExistingOptions } from "./options.ts";
import { findProductionSigns } from "./production-signs.ts";
import { resolveBoth, type BothEndpoints } from "./resolve-both.ts";

const OPTIONS = { applicationName: "pgdyno-target", timeoutMs: 10_000 } as const;
const WATCHING = { ...OPTIONS, purpose: "watch" } as const;
/** A checkpoint writes all of shared buffers; on a slow disk that takes its time. */
const CHECKPOINT_MS = 30 * 60_000;
/** Connecting, and the two seconds' look for signs of production. */
const UP_MS = 4000;

/** SQLSTATE `insufficient_privilege`: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const INSUFFICIENT_PRIVILEGE = "42501";

/** What becomes known while the target comes up. */
interface Reached {
  readonly load: Endpoint;
  readonly monitor: Endpoint;
  readonly local: LocalServer;
}

/** Any PostgreSQL that answers. Nothing is set up but the marker in its database, which stays. */
export const existing = defineTarget<ExistingOptions>({
  id: "existing",
  summary: "A PostgreSQL that is there already; needs pg_monitor and a database of its own.",
  options: existingOptions,

  async plan(options, context) {
    const { load, monitor } = await resolveBoth(options, context);
    const probes =
      describeEndpoint(load) === describeEndpoint(monitor)
        ? ""
        : `, probes as ${describeEndpoint(monitor)}`;
    return {
      summary: `${describeEndpoint(load)}, sslmode ${load.sslMode}${probes}; to be loaded, the database must be empty or bear pgdyno's marker, which stays in it. A load that only reads may have a server that takes no writes. Connection slots, writes and tables are asked for when the run starts.`,
      estimatedMs: UP_MS,
      // Planning must not connect: none of these is known before the target is up.
      memoryBytes: null,
      sharedBuffersBytes: null,
      dataVolumePath: null,
      checkpointTimeoutMs: 300_000,
      maxWalBytes: 1024 ** 3,
    };
  },

  check: checkExisting,

  open(options, context, use = { isLoaded: true, writes: true }) {
    let reached: Reached | undefined;
    return {
      steps: [
        {
          title: use.isLoaded
            ? "reach the server, and see that it may be loaded"
            : "reach the server",
          async up(signal) {
            const endpoints = await resolveBoth(options, context);
            reached = use.isLoaded
              ? await reach(endpoints, { ...options, ...use }, context, signal)
              : await reachToWatch(endpoints, context, signal);
          },
          down: () => Promise.resolve(), // The marker stays: the next run may use the database again.
        },
      ],
      handle() {
        if (reached === undefined) throw new Error("Target `existing` was not brought up.");
        return handleOf(reached);
      },
    };
  },
});

async function reach(
  { load, monitor }: BothEndpoints,
  { production, writes }: Pick<ExistingOptions, "production"> & Pick<TargetUse, "writes">,
  { clock, say }: PartContext,
  signal: AbortSignal,
): Promise<Reached> {
  const where = describeEndpoint(load);
  // The probes' role first: whoever loads must not find out at the end that nobody could watch.
  const watcher = await openConnection(monitor, { ...WATCHING, signal });
  try {
    await sayHowItIsWatched(watcher, monitor, say);
    return await withConnection(load, { ...OPTIONS, signal }, async (connection) => {
      const content = await readContent(connection);
      await refuseOtherDatabase(watcher, content, { load, monitor });
      // Where nothing can be written, nobody's data can be touched.
      const isReadOnly = await mayOnlyRead(connection, { where, writes });
      if (!isReadOnly) refuseForeignData(content, where);
      const isMarked = content.marker !== null;
      const look = await lookAtServer(watcher, { isMarked, clock, signal });
      const signs = findProductionSigns(look).join("; ");
      if (signs !== "" && production !== "i-know") {
        throw new DynoError("TARGET_LOOKS_LIKE_PRODUCTION", { where, signs });
      }
      if (signs !== "") say(`Goes on although ${where} looks like production: ${signs}.`);
      if (!isMarked && !isReadOnly) await mark(connection, load, content);
      return { load, monitor, local: await findLocalServer(watcher) };
    });
  } finally {
    await watcher.close();
  }
}

/** Whose data it is does not matter where nothing is written, nor whether it is a standby. */
async function reachToWatch(
  { load, monitor }: BothEndpoints,
  { say }: PartContext,
  signal: AbortSignal,
): Promise<Reached> {
  return withConnection(monitor, { ...WATCHING, signal }, async (watcher) => {
    await sayHowItIsWatched(watcher, monitor, say);
    return { load, monitor, local: await findLocalServer(watcher) };
  });
}

/** @throws {DynoError} POOLER_BETWEEN */
async function sayHowItIsWatched(
  watcher: Connection,
  monitor: Endpoint,
  say: PartContext["say"],
): Promise<void> {
  const nameIt =
    "in `target.existing`: as `dsn`, or as `monitorDsn` where the load is to go through the pooler";
  const pooler = await refuseSharedSessions(monitor, watcher, nameIt);
  if (pooler !== null) say(tellSessionPooler(describeEndpoint(monitor), pooler));
  const logged = await tellLoggedQuestions(watcher, monitor.user);
  if (logged !== null) say(logged);
  for (const lacks of await readMissingPrivileges(watcher)) say(lacks);
}

/** Tables' statistics are seen only from within their database. @throws {DynoError} DATABASES_DIFFER */
async function refuseOtherDatabase(
  watcher: Connection,
  { database }: DatabaseContent,
  { load, monitor }: { readonly load: Endpoint; readonly monitor: Endpoint },
): Promise<void> {
  const [row] = await watcher.query<{ database: string }>("select current_database() as database");
  const watched = row!.database;
  if (watched === database) return;
  throw new DynoError("DATABASES_DIFFER", {
    watched,
    loaded: database,
    monitor: describeEndpoint(monitor),
    load: describeEndpoint(load),
  });
}

function refuseForeignData(content: DatabaseContent, where: string): void {
  const { database, marker, relationCount, relations } = content;
  if (marker !== null || relationCount === 0) return;
  const more = relationCount > relations.length ? ", …" : "";
  const names = `${relations.join(", ")}${more}`;
  const what = `${relationCount} ${relationCount === 1 ? "table" : "tables"} (${names})`;
  throw new DynoError("TARGET_NOT_OURS", { database, where, what });
}

/**
 * True where the server takes no writes from the load's role, and the load has none.
 *
 * @throws {DynoError} TARGET_READ_ONLY where it has
 */
async function mayOnlyRead(
  connection: Connection,
  { where, writes }: { readonly where: string } & Pick<TargetUse, "writes">,
): Promise<boolean> {
  const why = await readWhyReadOnly(connection);
  if (why === null) return false;
  if (!writes) return true;
  const because =
    why === "standby" ? "it is a standby" : "`default_transaction_read_only` is on for its role";
  throw new DynoError("TARGET_READ_ONLY", { where, because });
}

async function mark(
  connection: Connection,
  { user }: Endpoint,
  { database }: DatabaseContent,
): Promise<void> {
  try {
    await placeMarker(connection, randomUUID());
  } catch (error) {
    if ((error as { code?: unknown }).code !== INSUFFICIENT_PRIVILEGE) throw error;
    const facts = {
      role: user,
      where: database,
      what: "create a schema, so it cannot mark the database as pgdyno's",
      remedy: `As its owner or a superuser: \`alter database "${database}" owner to "${user}"\`.`,
    };
    throw new DynoError("PRIVILEGE_MISSING", facts, { cause: error });
  }
}

function handleOf({ load, monitor, local }: Reached): TargetHandle {
  const instance = followServer({ name: "pg1", monitorEndpoint: monitor }, local);
  return {
    loadEndpoint: load,
    outlivesRun: true,
    adminEndpoint: null,
    instances: [instance],
    // It is not pgdyno's: nothing of it is changed or broken.
    can: {},
    binDirectory: null,
    async facts(signal) {
      const facts = await withConnection(monitor, { ...WATCHING, signal }, async (connection) => {
        await instance.lookAgain(connection);
        return readPostgresqlFacts(connection);
      });
      const { postmasterPid, dataDirectory } = instance;
      return {
        server: { ...facts, provenance: "unknown" },
        machine: postmasterPid === null ? null : readDatabaseMachine(dataDirectory, true),
      };
    },
    async checkpoint(signal) {
      const options = { ...OPTIONS, timeoutMs: CHECKPOINT_MS, statementTimeoutMs: 0, signal };
      return withConnection(load, options, async ({ query }) => {
        try {
          await query("checkpoint");
          return true;
        } catch (error) {
          if ((error as { code?: unknown }).code === INSUFFICIENT_PRIVILEGE) return false;
          throw error;
        }
      });
    },
    // Restoring would drop and re-create a database that is not of our making, with its grants and
    // settings: growth is recorded instead.
    keepData: () => Promise.resolve(false),
    restoreData: () => Promise.reject(new Error("Target `existing` keeps no data.")),
  };
}
