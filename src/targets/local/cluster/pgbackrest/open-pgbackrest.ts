import type { RecoveryTarget } from "../../../../contracts/archive.ts";
import { chown, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { DynoError } from "../../../../lib/errors.ts";
import { formatLsn, parseLsnBytes } from "../../../../lib/postgresql-lsn.ts";
import type { Processes, ProcessUser } from "../../../../lib/processes.ts";
import { SUPERUSER } from "../../instance.ts";
import type { MemberSite } from "../member-site.ts";
import type { PgbackrestOptions } from "./pgbackrest-options.ts";

/** pgBackRest with its configuration, spool, locks, log and repository, all in folders of the run's own. */
export interface Pgbackrest {
  /** How it is called from a server's own folder, for the scripts that PostgreSQL starts. */
  readonly program: string;
  readonly configFile: string;
  /** Knows the cluster from now on; its first member need not run yet. */
  createStanza(member: MemberSite, signal: AbortSignal): Promise<void>;
  /** A full backup of a server that runs. */
  backup(member: MemberSite, signal: AbortSignal): Promise<PgbackrestBackup>;
  /** Puts a backup's files in place, with the settings of its recovery. The folder is empty. */
  restore(wish: RestoreWish, signal: AbortSignal): Promise<void>;
}

/** As `info` tells it. */
export interface PgbackrestBackup {
  readonly label: string;
  /** Of the database; the repository's files are smaller where they are compressed. */
  readonly bytes: number;
  readonly startLsnBytes: number;
  readonly endLsnBytes: number;
  readonly timeline: number;
}

export interface RestoreWish {
  readonly label: string;
  readonly dataDirectory: string;
  readonly target: RecoveryTarget;
  /** `restore_command` of the server to come. */
  readonly restoreCommand: string;
}

export interface PgbackrestScene {
  readonly home: string;
  /** Takes backups and WAL. */
  readonly repository: string;
  readonly user: ProcessUser | null;
  readonly processes: Processes;
  readonly passFile: string;
}

/** An error and its hints. */
const ERROR_LINES = 4;
/** One name for all: each run has a repository of its own. */
export const STANZA = "pgdyno";

/**
 * Writes the configuration; nothing is read or written outside of the run's folders.
 *
 * @throws {DynoError} PGBACKREST_MISSING
 * @see https://pgbackrest.org/configuration.html
 */
export async function openPgbackrest(
  options: PgbackrestOptions,
  scene: PgbackrestScene,
): Promise<Pgbackrest> {
  const { home, user, processes, passFile } = scene;
  const program = await findPgbackrest(processes);
  const folder = path.join(home, "pgbackrest");
  for (const name of ["", "spool", "lock", "log"]) {
    await mkdir(path.join(folder, name), { mode: 0o750 });
    if (user !== null) await chown(path.join(folder, name), user.uid, user.gid);
  }
  const configFile = path.join(folder, "pgbackrest.conf");
  await writeFile(configFile, configOf(options, { folder, repository: scene.repository }), {
    mode: 0o640,
  });
  if (user !== null) await chown(configFile, user.uid, user.gid);
  const run = async (command: string, args: readonly string[], signal: AbortSignal) => {
    const all = [`--config=${configFile}`, `--stanza=${STANZA}`, ...args, command];
    const env = { LC_ALL: "C", PATH: "/usr/local/bin:/usr/bin:/bin", PGPASSFILE: passFile };
    const result = await processes.run(program, all, { user, cwd: "/", env, signal });
    signal.throwIfAborted();
    if (result.status === 0) return result.stdout;
    const said = `${result.stdout}\n${result.stderrTail}`.trim().split("\n");
    const from = Math.max(
      0,
      said.findIndex((line) => line.includes("ERROR:")),
    );
    const because = said.slice(from, from + ERROR_LINES).join(" ");
    throw new DynoError("PGBACKREST_FAILED", { command, because });
  };
  return {
    program,
    configFile,
    async createStanza(member, signal) {
      await run("stanza-create", ["--no-online", ...clusterOf(member)], signal);
    },
    async backup(member, signal) {
      await run("backup", ["--type=full", ...clusterOf(member)], signal);
      return newestOf(await run("info", ["--output=json"], signal));
    },
    async restore({ label, dataDirectory, target, restoreCommand }, signal) {
      const where = [`--set=${label}`, `--pg1-path=${dataDirectory}`];
      // It puts the value between quotes, and leaves those in it as they are.
      const quoted = restoreCommand.replaceAll("'", "''");
      const command = `--recovery-option=restore_command=${quoted}`;
      await run("restore", [...where, command, ...targetOptions(target)], signal);
    },
  };
}

/** @throws {DynoError} PGBACKREST_MISSING */
export async function findPgbackrest(processes: Processes): Promise<string> {
  const found = await processes.find("pgbackrest", ["/usr/bin", "/usr/local/bin"]);
  if (found === null) throw new DynoError("PGBACKREST_MISSING", {});
  return found;
}

/** The whole configuration file. What depends on the member is given with each command. */
export function configOf(
  { processMax, asynchronous, compression }: PgbackrestOptions,
  { folder, repository }: { readonly folder: string; readonly repository: string },
): string {
  return `[global]
repo1-path=${repository}
spool-path=${folder}/spool
lock-path=${folder}/lock
log-path=${folder}/log
log-level-console=warn
log-level-file=detail
process-max=${processMax}
archive-async=${asynchronous ? "y" : "n"}
compress-type=${compression}
start-fast=y
repo1-retention-full=9999999

[${STANZA}]
`;
}

function clusterOf({ dataDirectory, port, socketDirectory }: MemberSite): string[] {
  return [
    `--pg1-path=${dataDirectory}`,
    `--pg1-port=${port}`,
    `--pg1-user=${SUPERUSER}`,
    ...(socketDirectory === null ? [] : [`--pg1-socket-path=${socketDirectory}`]),
  ];
}

/** The target as `restore` takes it. */
export function targetOptions(target: RecoveryTarget): string[] {
  if (target === "latest") return ["--type=default"];
  const [type, at] =
    "name" in target
      ? ["name", target.name]
      : "time" in target
        ? ["time", target.time]
        : ["lsn", formatLsn(target.lsnBytes)];
  const isExclusive = !("name" in target) && target.inclusive === false;
  return [
    `--type=${type}`,
    `--target=${at}`,
    "--target-action=promote",
    ...(isExclusive ? ["--target-exclusive"] : []),
  ];
}

/** The last backup of `info --output=json`. @see https://pgbackrest.org/command.html#command-info */
export function newestOf(json: string): PgbackrestBackup {
  const stanzas = JSON.parse(json) as readonly {
    readonly backup: readonly {
      readonly label: string;
      readonly info: { readonly size: number };
      readonly lsn: { readonly start: string; readonly stop: string };
      readonly archive: { readonly stop: string };
    }[];
  }[];
  const newest = stanzas[0]?.backup.at(-1);
  if (newest === undefined) {
    const because = "it tells of no backup";
    throw new DynoError("PGBACKREST_FAILED", { command: "info", because });
  }
  return {
    label: newest.label,
    bytes: newest.info.size,
    startLsnBytes: parseLsnBytes(newest.lsn.start)!,
    endLsnBytes: parseLsnBytes(newest.lsn.stop)!,
    timeline: Number.parseInt(newest.archive.stop.slice(0, 8), 16),
  };
}
