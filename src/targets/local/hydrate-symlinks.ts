import { mkdir, readFile, symlink } from "node:fs/promises";
import path from "node:path";

/** npm packages cannot hold links; this file lists those that the binaries need. */
const LIST = "native/pg-symlinks.json";

/**
 * Makes the links that an embedded PostgreSQL's own install script would make, so that it runs
 * where such scripts are switched off. Links that are there stay.
 *
 * @returns false where the package cannot be written to.
 */
export async function hydrateSymlinks(packageDirectory: string): Promise<boolean> {
  for (const { source, target } of await readLinks(packageDirectory)) {
    const link = inside(packageDirectory, target);
    const to = path.relative(path.dirname(link), inside(packageDirectory, source));
    await mkdir(path.dirname(link), { recursive: true });
    try {
      await symlink(to, link);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EACCES" || code === "EROFS" || code === "EPERM") return false;
      if (code !== "EEXIST") throw error;
    }
  }
  return true;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

async function readLinks(packageDirectory: string): Promise<readonly Link[]> {
  try {
    return JSON.parse(await readFile(path.join(packageDirectory, LIST), "utf8")) as Link[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return []; // Not every platform has links.
    throw error;
  }
}

/** The list comes from outside: it must not reach out of its package. */
function inside(directory: string, relative: string): string {
  const resolved = path.resolve(directory, relative);
  if (resolved.startsWith(`${path.resolve(directory)}${path.sep}`)) return resolved;
  throw new Error(`${LIST} names ${relative}, which is outside its package.`);
}
