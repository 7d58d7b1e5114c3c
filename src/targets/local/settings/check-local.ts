import type { PartContext } from "../../../contracts/context.ts";
import { remarkOn, type Remark } from "../../../contracts/remark.ts";
import type {
  AskedVariant,
  ConnectionSlots,
  TargetAnswer,
  TargetAsks,
} from "../../../contracts/target-asks.ts";
import { DynoError, messageOf } from "../../../lib/errors.ts";
import { readUsableMemoryBytes } from "../../../lib/postgresql-machine.ts";
import type { ProcessUser } from "../../../lib/processes.ts";
import { parseBytes } from "../../../lib/units.ts";
import { chooseClusterParameters, wantsCluster } from "../cluster/open-cluster.ts";
import { findPostgresql, wantedPostgresql, type FoundPostgresql } from "../find-postgresql.ts";
import { whyReserved, type LocalOptions } from "../options.ts";
import { settleParameters, type Parameters } from "../parameters.ts";
import { chooseServerUser } from "../server-user.ts";
import { otherBuilds } from "./other-builds.ts";
import { readSlots } from "./read-slots.ts";
import { tellRefused, type GivenSetting } from "./tell-refused.ts";
import { withTrialCluster } from "./trial-cluster.ts";
import { trySettings } from "./try-settings.ts";
import { warnOfSettings } from "./warn-of-settings.ts";

/** A manager's session on each member, and now and then one that looks whether it lives. */
const CLUSTER_SESSIONS = 2;

/** What one check sees. */
interface Scene {
  readonly options: LocalOptions;
  readonly asks: TargetAsks;
  readonly context: PartContext;
  readonly user: ProcessUser | null;
}

/** A server as it will be set: the target's own settings, and those of a variant over them. */
interface AskedServer {
  readonly version: number | null;
  readonly variant: AskedVariant | null;
  readonly given: ReadonlyMap<string, GivenSetting>;
}

interface ServerAnswer {
  readonly faults: readonly Remark[];
  readonly warnings: readonly Remark[];
  readonly slots: ConnectionSlots | null;
}

/**
 * Has the very binaries that will run try every combination of settings that the experiment asks for: names,
 * values, what they are together, libraries, shared memory. Nothing of it is a list of pgdyno's.
 */
export async function checkLocal(
  options: LocalOptions,
  asks: TargetAsks,
  context: PartContext,
): Promise<TargetAnswer> {
  const scene = { options, asks, context, user: await chooseServerUser(context.processes) };
  const known = new Map<string, Promise<ServerAnswer>>();
  const answers: ServerAnswer[] = [];
  for (const server of listServers(scene)) {
    const key = JSON.stringify([
      server.version,
      [...server.given].map(([n, { value }]) => [n, value]),
    ]);
    if (!known.has(key)) known.set(key, checkServer(server, scene));
    answers.push(await known.get(key)!);
  }
  return {
    faults: [...answers.flatMap(({ faults }) => faults), ...refuseTables(asks)],
    warnings: answers.flatMap(({ warnings }) => warnings),
    slots: answers.map(({ slots }) => slots),
  };
}

/** A server that is made for the run holds nothing yet. */
function refuseTables({ loads }: TargetAsks): Remark[] {
  return loads
    .filter(({ tables }) => tables.length > 0)
    .map(({ path, tables }) =>
      remarkOn(
        [...path, "initialize"],
        `This load uses ${tables.join(", ")}, and the target is made anew for the run: nothing is there. With \`initialize: true\` the tables are filled first.`,
      ),
    );
}

/** As the target comes up, and then each variant. */
function listServers({ options, asks }: Scene): AskedServer[] {
  const memoryBytes = readUsableMemoryBytes() / options.instances;
  const own = [...asks.path, "postgresql", "parameters"];
  const base = placeSettings(options.postgresql.parameters, own, memoryBytes);
  const variants = asks.variants.map((variant): AskedServer => ({
    version: variant.version,
    variant,
    given: new Map([
      ...base,
      ...placeSettings(variant.parameters, [...variant.path, "parameters"], memoryBytes),
    ]),
  }));
  return [{ version: null, variant: null, given: base }, ...variants];
}

function placeSettings(
  given: Readonly<Record<string, string | number | boolean>>,
  path: readonly (string | number)[],
  memoryBytes: number,
): Map<string, GivenSetting> {
  const settled = settleParameters(given, memoryBytes);
  return new Map(
    Object.entries(given).map(([name, written]) => {
      const value = settled[name.toLowerCase()]!;
      const isShare = typeof written === "string" && written.includes("%");
      const shown = isShare ? written.trim() : value;
      return [name.toLowerCase(), { path: [...path, name], written: shown, value }];
    }),
  );
}

async function checkServer(server: AskedServer, scene: Scene): Promise<ServerAnswer> {
  const impossible = refuseVariant(server, scene);
  if (impossible !== null) return { faults: [impossible], warnings: [], slots: null };
  const reserved = refuseReserved(server, scene);
  const found = await findBinaries(server, scene);
  if ("path" in found) return { faults: [...reserved, found], warnings: [], slots: null };
  if (found.found === null) {
    return { faults: reserved, warnings: tellUnchecked(server, scene), slots: null };
  }
  const { options } = scene;
  const given = [...server.given].filter(([name]) => whyReserved(name, options) === null);
  const tried = await tryServer({ ...server, given: new Map(given) }, found.found, scene);
  return { ...tried, faults: [...reserved, ...tried.faults] };
}

/** What a variant asks for that this target does not do. */
function refuseVariant({ variant }: AskedServer, { options }: Scene): Remark | null {
  if (variant === null || !wantsCluster(options)) return null;
  const { path, version } = variant;
  const what =
    options.instances > 1
      ? `a cluster of ${options.instances}`
      : "a server with an archive or a WAL volume of its own";
  const message = `Settings and version are changed between trials on a single server, and this target is ${what}. Compare two recorded runs: \`pgdyno compare RUN_A RUN_B\`.`;
  const place = [...path, version === null ? "parameters" : "version"];
  return { path: place, at: "key", message, didYouMean: null };
}

function refuseReserved({ variant }: AskedServer, { options }: Scene): Remark[] {
  return Object.keys(variant?.parameters ?? {}).flatMap((name): Remark[] => {
    const because = whyReserved(name, options);
    if (because === null) return [];
    const message = `\`${name}\` cannot be set here: ${because}.`;
    const path = [...variant!.path, "parameters", name];
    return [{ path, at: "key", message, didYouMean: null }];
  });
}

/** The binaries; `found: null` where they must be fetched first, and may not be now. */
async function findBinaries(
  { version, variant }: AskedServer,
  { options, asks, context, user }: Scene,
): Promise<Remark | { readonly found: FoundPostgresql | null }> {
  const { path, from } = options.postgresql;
  const wanted =
    version === null
      ? wantedPostgresql(options.postgresql)
      : { version, from: path === undefined ? from : ("any" as const) };
  const { processes } = context;
  try {
    return { found: await findPostgresql(wanted, { processes, user, mayFetch: asks.isStart }) };
  } catch (error) {
    const isExpected = error instanceof DynoError && error.code === "POSTGRESQL_MISSING";
    if (!isExpected || variant === null) {
      // The target's own are looked for again when it comes up, with what can be done about it.
      if (isExpected) return { found: null };
      throw error;
    }
    const isFetchable = !asks.isStart && "from" in wanted && wanted.from !== "machine";
    if (isFetchable) return { found: null };
    return remarkOn([...variant.path, "version"], messageOf(error));
  }
}

function tellUnchecked(
  { given, version, variant }: AskedServer,
  { asks, options }: Scene,
): Remark[] {
  const [first] = [...given.values()];
  if (first === undefined) return [];
  const which = version ?? options.postgresql.version;
  const path = variant?.path ?? [...asks.path, "postgresql", "parameters"];
  const message = `PostgreSQL ${which} is not on this machine yet: these settings are tried out when it is, at the start of the run and before anything is set up.`;
  return [{ path, at: "key", message, didYouMean: null }];
}

async function tryServer(
  { given, variant }: AskedServer,
  found: FoundPostgresql,
  { options, asks, context, user }: Scene,
): Promise<ServerAnswer> {
  const { processes } = context;
  const own = await chooseClusterParameters(
    { ...options, postgresql: { ...options.postgresql, parameters: {} } },
    found.binDirectory,
  );
  const settled: Parameters = Object.fromEntries(
    [...given].map(([name, { value }]) => [name, value]),
  );
  const all = { ...own, ...settled };
  const binaries = { found, user, processes };
  const segmentBytes = parseBytes(options.walSegmentSize)!;
  const answer = await withTrialCluster(binaries, segmentBytes, async (cluster) => {
    const tried = await trySettings(cluster, { own, given: settled });
    const by = {
      found,
      others: otherBuilds(found, { processes, user }),
      path: variant === null ? [...asks.path, "postgresql", "parameters"] : variant.path,
      given,
      listNames: () => cluster.listNames(),
    };
    const faults: Remark[] = [];
    for (const refused of tried.refused) faults.push(await tellRefused(refused, by));
    // What is wrong with one setting must not hide what is wrong with another.
    const bad = new Set(tried.refused.map(({ name }) => name));
    const good = Object.entries(settled).filter(([name]) => !bad.has(name));
    const taken = { ...own, ...Object.fromEntries(good) };
    const warned = tried.warned.map(({ name, complaint }) =>
      remarkOn(
        (name === null ? undefined : given.get(name)?.path) ?? by.path,
        `PostgreSQL ${found.version} says of it: ${complaint.message}.`,
      ),
    );
    return {
      faults,
      warnings: [...warned, ...(await warnOfSettings(given, all, found.binDirectory))],
      slots: await readSlots(cluster, taken, wantsCluster(options) ? CLUSTER_SESSIONS : 0),
    };
  });
  if (answer !== null) return answer;
  const message = `The settings could not be tried out beforehand with PostgreSQL ${found.version}, since it made no files in the folder for temporary ones: they are checked when the server starts.`;
  const path = [...asks.path, "postgresql", "parameters"];
  return {
    faults: [],
    warnings: given.size === 0 ? [] : [{ path, at: "key", message, didYouMean: null }],
    slots: null,
  };
}
