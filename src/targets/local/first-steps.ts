import { undoEntry } from "../../contracts/undoer.ts";
import { removeDirectoryUndoer } from "../../undoers/remove-directory.ts";
import type { PartContext } from "../../contracts/context.ts";
import type { Step } from "../../contracts/step.ts";
import { DynoError } from "../../lib/errors.ts";
import type { ProcessUser } from "../../lib/processes.ts";
import { findPostgresql, wantedPostgresql, type FoundPostgresql } from "./find-postgresql.ts";
import type { LocalOptions } from "./options.ts";
import { chooseServerUser } from "./server-user.ts";
import { checkGivenDirectory, makeSite, removeSite, type Site } from "./site.ts";

/** What the first steps find out for the later ones. */
export interface Surroundings {
  found?: FoundPostgresql;
  user?: ProcessUser | null;
}

const OLDEST_MAJOR = 14;

/** Finds the binaries, and who may run them. */
export function findStep(
  options: LocalOptions,
  context: PartContext,
  progress: Surroundings,
): Step {
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

/**
 * Makes the folder that everything goes into, or takes over the one that is there, and takes it away with all
 * of it.
 */
export function folderStep(
  site: Site,
  { keep, isThere }: { readonly keep: boolean; readonly isThere: boolean },
  context: PartContext,
  progress: Surroundings,
): Step {
  let strike: (() => Promise<void>) | null = null;
  let made: string | null = null;
  let isOurs = false;
  return {
    title: `${isThere ? "take over" : "make"} ${site.home}`,
    async up() {
      if (site.givenDirectory !== null && !isThere) await checkGivenDirectory(site.givenDirectory);
      isOurs = true;
      if (!keep) {
        strike = await context.journal.enter(undoEntry(removeDirectoryUndoer, { path: site.home }));
      }
      if (isThere) return;
      const user = need(progress.user);
      made = await makeSite(site, user);
      await checkReachable(site.home, user, context);
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

/**
 * Whether the server's user can get to this folder.
 *
 * @throws {DynoError} TARGET_DID_NOT_START
 */
export async function checkReachable(
  directory: string,
  user: ProcessUser | null,
  { processes }: Pick<PartContext, "processes">,
): Promise<void> {
  const reached = await processes.run("test", ["-x", directory], { user, cwd: "/" });
  if (reached.status === 0) return;
  const because = `user ${user?.uid}, as whom it runs since PostgreSQL refuses root, cannot pass through the folders above it.`;
  throw new DynoError("TARGET_DID_NOT_START", { directory, because, log: "empty" });
}

/** The engine brings steps up in order; a later one cannot run before an earlier one. */
export function need<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("A step of target `local` ran before the one it needs.");
  return value;
}
