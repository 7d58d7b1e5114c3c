import { undoEntry, undoingBy } from "../../../../contracts/undoer.ts";
import { endCopyingUndoer } from "../../../../undoers/end-copying.ts";
import { removeDirectoryUndoer } from "../../../../undoers/remove-directory.ts";
import { restoreFileUndoer } from "../../../../undoers/restore-file.ts";
import type { ArchiveControl, ArchiveKnobs } from "../../../../contracts/archive.ts";
import { randomBytes } from "node:crypto";
import { chmod, chown, mkdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { PartContext } from "../../../../contracts/context.ts";
import type { ProcessUser } from "../../../../lib/processes.ts";
import { parseBytesPerSecond, parseDurationMs } from "../../../../lib/units.ts";
import { checkReachable } from "../../first-steps.ts";
import { endCopying } from "../../../../lib/copying-processes.ts";
import { openPgbackrest, STANZA, type Pgbackrest } from "../pgbackrest/open-pgbackrest.ts";
import type { ArchiveOptions } from "../cluster-options.ts";
import { archiveScript, commandOf, formatKnobs, restoreScript } from "./archive-scripts.ts";
import { drainInParallel } from "./drain-in-parallel.ts";

/** An archive that is there. */
export interface RunningArchive {
  readonly control: ArchiveControl;
  /** `null` where files are plain. */
  readonly pgbackrest: Pgbackrest | null;
  readonly commands: { readonly archive: string; readonly restore: string };
  /** Whose WAL a parallel archive drains, from now on: the primary's data directory, `null` while there is none. */
  follow(primaryDirectory: () => string | null): void;
  /** Ends the draining, and takes a folder away that is not in the cluster's own. */
  close(): Promise<void>;
}

export interface ArchiveScene {
  /** The cluster's folder: scripts and knobs are in it, and the files too where no place is given. */
  readonly home: string;
  readonly user: ProcessUser | null;
  readonly passFile: string;
  readonly segmentBytes: number;
  readonly keep: boolean;
  readonly context: PartContext;
}

/** Makes the archive's folder, its knobs, and the commands that PostgreSQL is to call. */
export async function openArchive(
  options: ArchiveOptions,
  scene: ArchiveScene,
): Promise<RunningArchive> {
  const { home, user, segmentBytes, passFile, context } = scene;
  const { processes } = context;
  const { concurrency, compression } = options;
  const { directory, remove } = await makeDirectory(options, scene);
  const pgbackrest =
    options.pgbackrest === undefined
      ? null
      : await openPgbackrest(options.pgbackrest, {
          home,
          repository: directory,
          user,
          processes,
          passFile,
        });
  // Entered after the folders: what copies there ends before they go.
  const strikeCopying =
    pgbackrest === null
      ? null
      : await context.journal.enter(undoEntry(endCopyingUndoer, { directory: home }));
  const knobsFile = path.join(home, "pgdyno-archive.conf");
  const drainedAhead = concurrency > 1;
  const facts = {
    directory,
    knobsFile,
    compression,
    drainedAhead,
    pgbackrest:
      pgbackrest === null
        ? null
        : {
            program: pgbackrest.program,
            arguments: [`--config=${pgbackrest.configFile}`, `--stanza=${STANZA}`],
          },
  };
  let knobs: ArchiveKnobs = {
    bandwidthBytesPerS:
      options.bandwidth === undefined ? null : parseBytesPerSecond(options.bandwidth),
    latencyMs: parseDurationMs(options.latency)!,
    failing: options.failing,
    hanging: false,
  };
  await writeWhole(knobsFile, formatKnobs(knobs), user);
  // pgBackRest takes no backup where the command does not bear its name.
  const by = pgbackrest === null ? "" : "-by-pgbackrest";
  const scripts = {
    archive: path.join(home, `archive${by}.sh`),
    restore: path.join(home, `restore${by}.sh`),
  };
  await writeWhole(scripts.archive, archiveScript(facts), user);
  await writeWhole(scripts.restore, restoreScript(facts), user);
  let stopDraining: (() => Promise<void>) | null = null;
  return {
    control: {
      directory,
      mode: drainedAhead || options.pgbackrest?.asynchronous === true ? "parallel" : "serial",
      concurrency: options.pgbackrest?.processMax ?? concurrency,
      through: pgbackrest === null ? "files" : "pgbackrest",
      compression,
      segmentBytes,
      knobs: () => knobs,
      async set(change) {
        knobs = { ...knobs, ...change };
        await writeWhole(knobsFile, formatKnobs(knobs), user);
      },
      undoing: () => undoingBy(restoreFileUndoer, { path: knobsFile, text: formatKnobs(knobs) }),
    },
    pgbackrest,
    commands: {
      archive: commandOf(scripts.archive, ["%p", "%f"]),
      restore: commandOf(scripts.restore, ["%f", "%p"]),
    },
    follow(primaryDirectory) {
      if (!drainedAhead) return;
      stopDraining = drainInParallel({
        clock: context.clock,
        directory,
        compression,
        concurrency,
        knobs: () => knobs,
        walDirectory: () => {
          const directory = primaryDirectory();
          return directory === null ? null : path.join(directory, "pg_wal");
        },
      });
    },
    async close() {
      await stopDraining?.();
      stopDraining = null;
      if (pgbackrest !== null) await endCopying(home);
      await remove();
      await strikeCopying?.();
    },
  };
}

async function makeDirectory(
  { directory: given }: ArchiveOptions,
  { home, user, keep, context }: ArchiveScene,
): Promise<{ readonly directory: string; remove(): Promise<void> }> {
  const isElsewhere = typeof given === "string";
  const directory = isElsewhere
    ? path.join(path.resolve(given), `pgdyno-archive-${randomBytes(4).toString("hex")}`)
    : path.join(home, "archive");
  const strike =
    isElsewhere && !keep
      ? await context.journal.enter(undoEntry(removeDirectoryUndoer, { path: directory }))
      : null;
  // Those above it, where they are missing, are open to pass through; it is not.
  await mkdir(directory, { recursive: true, mode: 0o711 });
  await chmod(directory, 0o700);
  if (user !== null) await chown(directory, user.uid, user.gid);
  await checkReachable(directory, user, context);
  return {
    directory,
    async remove() {
      if (strike === null) return; // In the cluster's own folder, or to be kept.
      await rm(directory, { recursive: true, force: true, maxRetries: 3 });
      await strike();
    },
  };
}

/** A script or a file of knobs that is being read must never be seen half. */
async function writeWhole(file: string, text: string, user: ProcessUser | null): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o700 });
  if (user !== null) await chown(`${file}.new`, user.uid, user.gid);
  await rename(`${file}.new`, file);
}
