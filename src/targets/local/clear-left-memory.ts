import { execFile } from "node:child_process";
import { readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { hasLeftMemory } from "../../lib/postgresql-shared-memory.ts";

const execute = promisify(execFile);
/** It allocates its memory, and ends. */
const CHECK_MS = 10_000;
/** From this version on what `initdb` tries settings with is an option of its own. */
const CHECK_SINCE_MAJOR = 15;

/**
 * Has PostgreSQL itself remove the shared memory of a server all of whose processes were killed at
 * once. No process is left then that could tell its files in `/dev/shm`; but the next `postgres` that
 * comes up in the same folder finds them through the old segment, makes sure that they are this
 * folder's and nobody's any more, and removes them. It is run as `initdb` runs it to try settings: it
 * takes its memory and ends, with no recovery and no session.
 *
 * Safe where nothing is left. Does nothing where the binaries are gone or refuse the settings: the
 * memory then stays until the next boot.
 *
 * @see https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/port/sysv_shmem.c `PGSharedMemoryCreate`
 */
export async function clearLeftMemory(dataDirectory: string, binDirectory: string): Promise<void> {
  if (!hasLeftMemory(dataDirectory)) return;
  const { uid, gid } = await stat(dataDirectory);
  const major = Number(
    await readFile(path.join(dataDirectory, "PG_VERSION"), "utf8").catch(() => 0),
  );
  const check = major >= CHECK_SINCE_MAJOR ? ["--check"] : ["--boot", "-x0"];
  // The number in it may be another process's by now.
  await rm(path.join(dataDirectory, "postmaster.pid"), { force: true });
  await execute(
    path.join(binDirectory, "postgres"),
    [...check, "-D", dataDirectory, "-c", "shared_buffers=128kB", "-c", "huge_pages=off"],
    {
      ...(process.getuid?.() === 0 ? { uid, gid } : {}), // It demands to be the folder's owner.
      cwd: "/",
      env: { LC_ALL: "C" },
      timeout: CHECK_MS,
    },
  ).catch(() => undefined); // As the docstring says.
}
