/**
 * Who wins over whom: the experiment's own words, the connection string, the service, the environment.
 */
import { readFile } from "node:fs/promises";
import { homedir, userInfo } from "node:os";
import path from "node:path";
import { DynoError } from "./errors.ts";
import { findService } from "./libpq-files.ts";
import { isLibpqParameter, LIBPQ_PARAMETERS } from "./libpq-parameters.ts";
import { parseConnectionString, type LibpqSettings } from "./libpq-settings.ts";

/** Where settings come from when the connection string does not give them. */
export interface LibpqSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `null` where the account has no home directory. */
  readonly home: string | null;
  /** Name of the account, libpq's default for `user`; `null` where it has none, as in some containers. */
  readonly account: string | null;
  /** Where builds of libpq look for sockets. Which of them psql has, only psql knows. */
  readonly socketFolders: readonly string[];
  /** Where builds of libpq look for the system's service file. */
  readonly serviceFolders: readonly string[];
}

/** Of Debian, Red Hat and their kin, then of PostgreSQL's own sources, Homebrew and PostgreSQL's installers. */
const SOCKET_FOLDERS = ["/var/run/postgresql", "/tmp"];

/** Of Debian, of Red Hat, of PostgreSQL's packages for it, and of PostgreSQL's own sources. */
const SERVICE_FOLDERS = [
  "/etc/postgresql-common",
  "/etc/postgresql",
  "/etc/sysconfig/pgsql",
  "/usr/local/pgsql/etc",
];

/** These surroundings, as they are now. */
export function libpqSurroundings(): LibpqSurroundings {
  return {
    env: process.env,
    home: orNull(homedir),
    account: orNull(() => userInfo().username),
    socketFolders: SOCKET_FOLDERS,
    serviceFolders: SERVICE_FOLDERS,
  };
}

/** Who runs under a number that no account has (a container, say) has neither name nor home. */
function orNull(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** One value, and what to call the place that it came from. */
export interface Setting {
  readonly value: string;
  readonly from: string;
}

/** What counts, by name. A setting that is empty is not among them: it has libpq's default. */
export interface FoundSettings {
  readonly settings: ReadonlyMap<string, Setting>;
  readonly warnings: readonly string[];
}

/**
 * Reads every source. `extra` is what the experiment says beside the connection string; it wins.
 *
 * @throws {DynoError} DSN_INVALID with all faults of one source.
 */
export async function readSources(
  dsn: string | null,
  extra: LibpqSettings,
  surroundings: LibpqSurroundings,
): Promise<FoundSettings> {
  const parsed = parseConnectionString(dsn ?? "");
  // The text is not shown: where it cannot be read, nobody knows which part is the password.
  if ("faults" in parsed) throw refuse("The connection string", parsed.faults);
  const env = readEnvironment(surroundings);
  const own = new Map([
    ...label(parsed.settings, "the connection string"),
    ...label(extra, "the experiment"),
  ]);
  const name = own.get("service")?.value || env.get("service")?.value;
  const service = name === undefined ? new Map() : await readService(name, surroundings);
  const merged = new Map<string, Setting>([...env, ...service, ...own]);
  return {
    settings: new Map([...merged].filter(([, { value }]) => value !== "")),
    warnings: parsed.warnings,
  };
}

/** A DSN_INVALID that tells all faults. */
export function refuse(where: string, faults: readonly string[]): DynoError {
  return new DynoError("DSN_INVALID", { where, because: faults.join("; ") });
}

function label(settings: LibpqSettings, from: string): [string, Setting][] {
  return Object.entries(settings).map(([name, value]) => [name, { value, from }]);
}

/** Variables that are empty are as if they were not there: a template had nothing to put in. */
function readEnvironment({ env }: LibpqSurroundings): Map<string, Setting> {
  const found = new Map<string, Setting>();
  // Of old, and still read by libpq.
  if (env["PGREQUIRESSL"]?.startsWith("1") === true) {
    found.set("sslmode", { value: "require", from: "PGREQUIRESSL" });
  }
  for (const [name, { variable }] of Object.entries(LIBPQ_PARAMETERS)) {
    const value = variable === undefined ? undefined : env[variable];
    if (variable !== undefined && value !== undefined && value !== "") {
      found.set(name, { value, from: variable });
    }
  }
  return found;
}

/** `$PGSERVICEFILE` or `~/.pg_service.conf`, then the system's. */
async function readService(
  service: string,
  { env, home, serviceFolders }: LibpqSurroundings,
): Promise<Map<string, Setting>> {
  const where = `Service \`${service}\``;
  const named = env["PGSERVICEFILE"];
  const own = named ?? (home === null ? null : path.join(home, ".pg_service.conf"));
  const folders = env["PGSYSCONFDIR"] === undefined ? serviceFolders : [env["PGSYSCONFDIR"]];
  const files = [
    ...(own === null ? [] : [own]),
    ...folders.map((folder) => path.join(folder, "pg_service.conf")),
  ];
  const read: string[] = [];
  for (const file of files) {
    const text = await readFile(file, "utf8").catch(() => null);
    if (text === null && file === named) {
      throw refuse(where, [`the file in PGSERVICEFILE, ${file}, cannot be read`]);
    }
    if (text === null) continue;
    read.push(file);
    const found = findService(text, service);
    if (found === null) continue;
    if ("faults" in found) throw refuse(`${where} in ${file}`, found.faults);
    return new Map(label(found.settings, `service \`${service}\``));
  }
  const because =
    read.length > 0
      ? `no section \`[${service}]\` in ${read.join(" or ")}`
      : `no service file was found; looked for ${files.join(", ")}`;
  throw refuse(where, [because]);
}

/** What the table of settings says of those that were found: all that is refused, and what to tell. */
export function judgeSettings(settings: ReadonlyMap<string, Setting>): {
  readonly faults: readonly string[];
  readonly notes: readonly string[];
} {
  const faults: string[] = [];
  const notes: string[] = [];
  for (const [name, { value, from }] of settings) {
    if (!isLibpqParameter(name)) continue;
    const { refuse: refused, note } = LIBPQ_PARAMETERS[name]!;
    const because = refused?.(value) ?? null;
    if (because !== null) faults.push(`\`${name}\` in ${from} is not supported: ${because}`);
    const told = note?.(value) ?? null;
    if (told !== null) notes.push(told);
  }
  return { faults, notes };
}
