import type { Instance } from "../contracts/instance.ts";
import { tmpdir } from "node:os";
import type { PartContext } from "../contracts/context.ts";
import { observe } from "../engine/observe.ts";
import { systemClock } from "../engine/system-clock.ts";
import { followServer } from "../hosts/follow-server.ts";
import { localHost } from "../hosts/local-host.ts";
import { describeEndpoint, type Endpoint } from "../lib/endpoint.ts";
import { DynoError, messageOf } from "../lib/errors.ts";
import { ELSEWHERE, findLocalServer } from "../lib/find-local-server.ts";
import { libpqSurroundings, resolveEndpoint } from "../lib/libpq-endpoint.ts";
import { nodeProcesses } from "../lib/node-processes.ts";
import { tellLoggedQuestions } from "../lib/logged-questions.ts";
import { withConnection } from "../lib/pg-connection.ts";
import { refuseSharedSessions, tellSessionPooler } from "../lib/pooler.ts";
import { readPostgresqlFacts } from "../lib/postgresql-facts.ts";
import { readDatabaseMachine } from "../lib/postgresql-machine.ts";
import { randomFrom } from "../lib/random.ts";
import { formatDurationMs, parseDurationMs } from "../lib/units.ts";
import { NO_OBJECTIVES, RECORD_FORMAT_VERSION, type ServerFacts } from "../record/format.ts";
import { makeRunDirectory, pointLatestAt, RecordWriter } from "../record/record-writer.ts";
import { CATALOG } from "./catalog.ts";
import type { ExitStatus } from "./exit-codes.ts";
import { listenForInterrupts } from "./interrupts.ts";
import type { Io } from "./io.ts";
import { openMonitor } from "./open-monitor.ts";
import { tellReport } from "./tell-report.ts";
import { PGDYNO_VERSION } from "./version.ts";

export interface ObserveOptions {
  readonly dsn: string | undefined;
  readonly standby: readonly string[];
  readonly forText: string;
  readonly runs: string;
  readonly format: string;
  readonly strict: boolean;
}

/** Name of the record's folder, after the time. */
const NAME = "observe";
const LOOK_MS = 10_000;
/** Where a direct connection is named. */
const AS_OPTION = "with `--dsn` or `--standby`";

/**
 * Watches servers that somebody else loads, then judges what was seen.
 *
 * @throws {DynoError} USAGE, DSN_INVALID; POOLER_BETWEEN; where the primary does not answer
 * TARGET_UNREACHABLE or CONNECTION_SLOTS_TAKEN
 */
export async function observeServers(options: ObserveOptions, io: Io): Promise<ExitStatus> {
  const forMs = readForMs(options.forText);
  const primary = await lookAt("pg1", options.dsn ?? null, io);
  if (primary.error !== null) throw primary.error;
  const standbys = await Promise.all(
    options.standby.map((dsn, i) => lookAt(`pg${i + 2}`, dsn, io)),
  );
  for (const { name, error } of standbys) {
    if (error !== null) io.err(`${name} does not answer yet: ${messageOf(error)}`);
  }
  const found = [primary, ...standbys];
  const clock = systemClock();
  const writer = openRecord(options, forMs, found, clock.epochMs);
  const interrupts = listenForInterrupts({
    onFirst: () => io.err("\nStops watching and judges what was seen."),
    onSecond: () => undefined,
  });
  try {
    await observe({
      writer,
      probes: CATALOG.probes,
      context: contextOf(clock),
      connect: openMonitor,
      host: localHost(),
      instances: found.map(({ instance }) => instance),
      roles: new Map(found.flatMap(({ name, role }) => (role === null ? [] : [[name, role]]))),
      forMs,
      signal: interrupts.signal,
      onLeft: (leftMs) => {
        const left = formatDurationMs(Math.ceil(leftMs / 1000) * 1000);
        io.status(`watches ${found.map(({ where }) => where).join(", ")} · ${left} left`);
      },
    });
  } finally {
    io.status(null);
    writer.close();
    interrupts.release();
  }
  const { format, strict } = options;
  const { directory } = writer;
  const status = await tellReport({ directory, format, strict, keeps: true }, io);
  return interrupts.signal.aborted ? 130 : status;
}

/** @throws {DynoError} USAGE */
function readForMs(text: string): number {
  const forMs = parseDurationMs(text);
  if (forMs !== null && forMs >= 1000) return forMs;
  const message = `\`--for ${text}\` is no time of a second or more.`;
  throw new DynoError("USAGE", { message, hint: "Write it with its unit: `--for 60s`." });
}

interface Found {
  readonly name: string;
  /** Without the password. */
  readonly where: string;
  readonly instance: Instance;
  readonly role: "primary" | "standby" | null;
  /** `null` where it did not answer. */
  readonly server: ServerFacts | null;
  readonly error: unknown;
}

async function lookAt(name: string, dsn: string | null, io: Io): Promise<Found> {
  const { endpoint, warnings } = await resolveEndpoint({ dsn }, libpqSurroundings());
  for (const warning of warnings) io.err(`Note: ${warning}`);
  const found = await lookFrom(name, endpoint, io);
  const takesAny = endpoint.hosts.length > 1 && endpoint.sessionAttributes === undefined;
  if (found.error === null || !takesAny) return found;
  // None is a primary: as in psql, any that answers will do.
  return lookFrom(name, { ...endpoint, sessionAttributes: "any" }, io);
}

async function lookFrom(name: string, endpoint: Endpoint, io: Io): Promise<Found> {
  const where = describeEndpoint(endpoint);
  try {
    return await withConnection(
      endpoint,
      { applicationName: "pgdyno-observe", purpose: "watch", timeoutMs: LOOK_MS },
      async (connection) => {
        const pooler = await refuseSharedSessions(endpoint, connection, AS_OPTION);
        if (pooler !== null) io.err(`Note: ${tellSessionPooler(where, pooler)}`);
        const logged = await tellLoggedQuestions(connection, endpoint.user);
        if (logged !== null) io.err(`Note: ${logged}`);
        const [row] = await connection.query<{ standby: boolean }>(
          "select pg_is_in_recovery() as standby",
        );
        const local = await findLocalServer(connection);
        const facts = await readPostgresqlFacts(connection);
        return {
          name,
          where,
          instance: followServer({ name, monitorEndpoint: endpoint }, local),
          role: row?.standby === true ? ("standby" as const) : ("primary" as const),
          server: { ...facts, provenance: "unknown" },
          error: null,
        };
      },
    );
  } catch (error) {
    if (error instanceof DynoError && error.code === "POOLER_BETWEEN") throw error;
    const instance = followServer({ name, monitorEndpoint: endpoint }, ELSEWHERE);
    return { name, where, instance, role: null, server: null, error };
  }
}

function openRecord(
  { runs }: ObserveOptions,
  forMs: number,
  found: readonly Found[],
  epochMs: number,
): RecordWriter {
  const directory = makeRunDirectory(runs, NAME, epochMs);
  const [primary] = found;
  const local = found.find(({ instance }) => instance.postmasterPid !== null);
  const servers = found.map(({ where }) => where);
  const writer = new RecordWriter(directory, {
    formatVersion: RECORD_FORMAT_VERSION,
    id: directory.split("/").at(-1)!,
    name: NAME,
    status: "planned",
    statusBecause: null,
    pgdynoVersion: PGDYNO_VERSION,
    epochMs,
    experimentText: [
      "observe:",
      `  for: ${forMs / 1000}s`,
      "  servers:",
      ...servers.map((where) => `    - ${where}`),
      "",
    ].join("\n"),
    experimentFile: NAME,
    experiment: { observe: { forMs, servers } },
    plan: {
      seed: "none",
      trials: [],
      objectives: NO_OBJECTIVES,
      quick: false,
      estimatedMs: forMs,
    },
    machine: local === undefined ? null : readDatabaseMachine(local.instance.dataDirectory, true),
    server: primary?.server ?? null,
    tools: [],
  });
  writer.update({});
  pointLatestAt(directory);
  return writer;
}

/** Nothing is set up, so that there is nothing to write down and nothing to draw. */
function contextOf(clock: PartContext["clock"]): PartContext {
  return {
    clock,
    random: randomFrom(NAME),
    processes: nodeProcesses(),
    scratchDirectory: tmpdir(),
    journal: {
      enter: ({ undo }) =>
        Promise.reject(new Error(`Watching sets nothing up, but wants ${undo}.`)),
    },
    say: () => {},
  };
}
