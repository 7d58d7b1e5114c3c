import { chown, mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Processes, ProcessUser } from "../../../lib/processes.ts";
import type { FoundPostgresql } from "../find-postgresql.ts";
import { formatParameters, type Parameters } from "../parameters.ts";
import { readComplaints, type Complaint } from "./read-complaints.ts";

/** Binaries, and who starts them. */
export interface TrialBinaries {
  readonly found: FoundPostgresql;
  readonly user: ProcessUser | null;
  readonly processes: Processes;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A folder that a PostgreSQL takes for a cluster, in which settings are tried out. It holds no catalog, so that
 * it is made in some 30 ms, and no server in it ever comes up to listen: each one ends by itself.
 */
export interface TrialCluster {
  /** What the binaries say of these settings alone, by their names and values; nothing starts. */
  read(parameters: Parameters): Promise<readonly Complaint[]>;
  /** The value of a setting in its own unit, where these are set; `null` where there is none. */
  valueOf(name: string, parameters: Parameters): Promise<string | null>;
  /** Names of all settings that stand in a configuration file. */
  listNames(): Promise<readonly string[]>;
  /**
   * Goes through a start with these settings: combinations, libraries and shared memory. It ends where
   * the server would begin to listen.
   */
  start(parameters: Parameters): Promise<readonly Complaint[]>;
}

const PREFIX = "pgdyno-settings-";
const STALE_MS = 3_600_000;
/** A start takes a tenth of a second; with very large shared buffers some seconds. */
const LIMIT_MS = 60_000;

/** What `initdb` makes before it starts the server for the first time. */
const FOLDERS =
  "global pg_wal/archive_status pg_wal/summaries pg_commit_ts pg_dynshmem pg_notify pg_serial pg_snapshots pg_subtrans pg_twophase pg_multixact/members pg_multixact/offsets base/1 pg_replslot pg_tblspc pg_stat pg_stat_tmp pg_xact pg_logical/snapshots pg_logical/mappings".split(
    " ",
  );

/** Replaces the caller's: whoever runs this must not matter. */
const ENVIRONMENT = { LC_ALL: "C", PATH: "/usr/local/bin:/usr/bin:/bin" } as const;

/** Over whatever the settings say, or what the server says could not be read. */
const READABLE = [
  "log_line_prefix=",
  "log_min_messages=warning",
  "log_error_verbosity=default",
  "log_destination=stderr",
  "logging_collector=off",
  "lc_messages=C",
].flatMap((setting) => ["-c", setting]);

/** Without a socket a server has gone through all of its start when it gives up. */
const NOWHERE_TO_LISTEN = ["-c", "listen_addresses=", "-c", "unix_socket_directories="];
const CAME_THROUGH = "no socket created for listening";

/**
 * Makes the folder for `work` and takes it away after.
 *
 * @param segmentBytes size of WAL files, which bounds some settings; `null` where nothing will be started in it
 * @returns `null` where these binaries make no cluster here, such as on a full disk.
 */
export async function withTrialCluster<T>(
  binaries: TrialBinaries,
  segmentBytes: number | null,
  work: (cluster: TrialCluster) => Promise<T>,
): Promise<T | null> {
  await removeStale();
  const home = await mkdtemp(path.join(tmpdir(), PREFIX));
  try {
    const data = path.join(home, "data");
    const isMade = await makeCluster(data, home, binaries, segmentBytes);
    return isMade ? await work(trialCluster(data, home, binaries)) : null;
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** What was killed in the middle of it left its folder; a younger one may be at work. */
async function removeStale(): Promise<void> {
  for (const name of await readdir(tmpdir()).catch(() => [])) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = path.join(tmpdir(), name);
    const facts = await stat(folder).catch(() => null);
    if (facts === null || Date.now() - facts.mtimeMs < STALE_MS) continue;
    // Another user's stays.
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function makeCluster(
  data: string,
  home: string,
  binaries: TrialBinaries,
  segmentBytes: number | null,
): Promise<boolean> {
  const { found, user, processes } = binaries;
  const own = async (file: string) => {
    if (user !== null) await chown(file, user.uid, user.gid);
  };
  await own(home);
  await mkdir(data, { mode: 0o700 });
  await own(data);
  await processes.run("mkdir", ["-p", ...FOLDERS], { user, cwd: data });
  const files = {
    PG_VERSION: `${found.major}\n`,
    "postgresql.conf": "",
    "postgresql.auto.conf": "",
    "pg_hba.conf": "local all all reject\n",
    "pg_ident.conf": "",
  };
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(data, name);
    await writeFile(file, text, { mode: 0o600 });
    await own(file);
  }
  if (segmentBytes === null) return true;
  // Bootstrap with nothing to do: it writes the control file and the first WAL file.
  const first = found.major < 15 ? ["-x1"] : [];
  const args = ["--boot", ...first, "-X", String(segmentBytes), "-F", "-D", data];
  return (await runPostgres(args, binaries)).status === 0;
}

function trialCluster(data: string, home: string, binaries: TrialBinaries): TrialCluster {
  const { user } = binaries;
  let count = 0;
  const withConf = async <T>(parameters: Parameters, work: (args: string[]) => Promise<T>) => {
    const file = path.join(home, `${(count += 1)}.conf`);
    await writeFile(file, formatParameters(parameters), { mode: 0o600 });
    if (user !== null) await chown(file, user.uid, user.gid);
    return work(["-D", data, "-c", `config_file=${file}`, ...READABLE]);
  };
  const ask = (name: string, parameters: Parameters) =>
    withConf(parameters, (args) => runPostgres(["-C", name, ...args], binaries));
  return {
    async read(parameters) {
      const { status, stderrTail } = await ask("server_version_num", parameters);
      return status === 0 ? [] : refused(stderrTail, status);
    },
    async valueOf(name, parameters) {
      const { status, stdout } = await ask(name, parameters);
      return status === 0 ? stdout.replace(/\n$/, "") : null;
    },
    async listNames() {
      const { stdout } = await runPostgres(["--describe-config"], binaries);
      return stdout.split("\n").flatMap((line) => line.split("\t")[0] || []);
    },
    start: (parameters) =>
      withConf(parameters, async (args) => {
        const { status, stderrTail } = await runPostgres([...args, ...NOWHERE_TO_LISTEN], binaries);
        const said = readComplaints(stderrTail);
        const rest = said.filter(({ message }) => message !== CAME_THROUGH);
        return rest.length < said.length ? rest : refused(stderrTail, status);
      }),
  };
}

/** Never empty: whoever refuses without a word that can be read has refused all the same. */
function refused(stderr: string, status: number | null): readonly Complaint[] {
  const complaints = readComplaints(stderr);
  if (complaints.some(({ isFatal }) => isFatal)) return complaints;
  const message = stderr.trim().split("\n").at(-1) || `it ended with status ${status}`;
  return [...complaints, { isFatal: true, message, detail: null, hint: null }];
}

function runPostgres(args: readonly string[], { found, user, processes, signal }: TrialBinaries) {
  const limit = AbortSignal.timeout(LIMIT_MS);
  return processes.run(path.join(found.binDirectory, "postgres"), args, {
    user,
    cwd: "/",
    env: ENVIRONMENT,
    signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
  });
}
