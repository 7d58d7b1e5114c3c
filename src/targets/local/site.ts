import { randomBytes } from "node:crypto";
import { accessSync, constants } from "node:fs";
import { chmod, chown, mkdir, readdir, rm, rmdir } from "node:fs/promises";
import path from "node:path";
import { DynoError } from "../../lib/errors.ts";
import type { ProcessUser } from "../../lib/processes.ts";

/** Where one server keeps what is its own. */
export interface Site {
  /** Everything below is in it, and it goes as a whole. Bears `pgdyno` in its name. */
  readonly home: string;
  readonly dataDirectory: string;
  readonly logFile: string;
  /** `null` where its path would be too long for a socket. */
  readonly socketDirectory: string | null;
  /** The user's own folder around `home`; `null` where the target chose the place. */
  readonly givenDirectory: string | null;
}

/** A socket's path may have 107 bytes, and PostgreSQL appends `/.s.PGSQL.<port>`. */
const SOCKET_DIRECTORY_CHARS_MAX = 90;
/** What a freshly made file system has in its root. */
const NOT_CONTENT: readonly string[] = ["lost+found"];

/** Chooses the paths. `directory` is the user's; without it a name that nobody has. */
export function chooseSite(directory: string | undefined, scratchDirectory: string): Site {
  const given = directory === undefined ? null : path.resolve(directory);
  const home =
    given === null
      ? path.join(defaultParent(scratchDirectory), `pgdyno-${randomBytes(4).toString("hex")}`)
      : path.join(given, "pgdyno");
  const socketDirectory = path.join(home, "socket");
  return {
    home,
    dataDirectory: path.join(home, "data"),
    logFile: path.join(home, "server.log"),
    socketDirectory: socketDirectory.length > SOCKET_DIRECTORY_CHARS_MAX ? null : socketDirectory,
    givenDirectory: given,
  };
}

/** /tmp may be memory; /var/tmp is a disk by the Filesystem Hierarchy Standard, 5.15. */
export function defaultParent(scratchDirectory: string): string {
  try {
    accessSync("/var/tmp", constants.W_OK);
    return "/var/tmp";
  } catch {
    return scratchDirectory; // A system without it, or closed to this user.
  }
}

/**
 * Makes the folders: `home` for this user alone, and what is missing above it open to pass through.
 *
 * @returns the outermost folder that had to be made for the user's own; `null` where it was there.
 */
export async function makeSite(site: Site, user: ProcessUser | null): Promise<string | null> {
  const { givenDirectory } = site;
  const made =
    givenDirectory === null ? undefined : await mkdir(givenDirectory, { recursive: true });
  if (givenDirectory !== null && made !== undefined) {
    for (const folder of upTo(givenDirectory, made)) await chmod(folder, 0o755);
  }
  for (const folder of [site.home, site.socketDirectory]) {
    if (folder === null) continue;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (user !== null) await chown(folder, user.uid, user.gid);
  }
  return made ?? null;
}

/** Takes the folders away; of those above only what `makeSite` made, and only while they are empty. */
export async function removeSite(site: Site, made: string | null): Promise<void> {
  await rm(site.home, { recursive: true, force: true, maxRetries: 3 });
  if (site.givenDirectory === null || made === null) return;
  for (const folder of upTo(site.givenDirectory, made)) {
    await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT" && error.code !== "ENOTEMPTY") throw error;
    });
  }
}

/** A folder and those above it, up to and with `last`. */
function upTo(folder: string, last: string): readonly string[] {
  return folder === last || !folder.startsWith(last)
    ? [folder]
    : [folder, ...upTo(path.dirname(folder), last)];
}

/**
 * Looks whether the user's own folder may be used, before anything is made in it.
 *
 * @throws {DynoError} TARGET_DIRECTORY_NOT_EMPTY
 */
export async function checkGivenDirectory(directory: string): Promise<void> {
  const content = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const [first] = content.filter((name) => !NOT_CONTENT.includes(name));
  if (first !== undefined) throw new DynoError("TARGET_DIRECTORY_NOT_EMPTY", { directory, first });
}
