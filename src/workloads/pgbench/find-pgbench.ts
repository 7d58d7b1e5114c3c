import { readdir } from "node:fs/promises";
import path from "node:path";
import { DynoError } from "../../lib/errors.ts";
import type { Processes } from "../../lib/processes.ts";

/** The pgbench that puts the load on. */
export interface Pgbench {
  readonly path: string;
  /** `15.18 (Debian 15.18-0+deb12u1)` */
  readonly version: string;
  /** 15 */
  readonly major: number;
}

/** Where Debian and its relatives keep the programs of each major version. */
const DEBIAN_DIRECTORY = "/usr/lib/postgresql";
/** The oldest whose output is read here. */
const MAJOR_MIN = 12;

/**
 * Beside the server's own programs, then on PATH, then the newest of Debian's.
 *
 * @throws {DynoError} TOOL_MISSING, TOOL_TOO_OLD
 */
export async function findPgbench(
  processes: Processes,
  binDirectory: string | null,
): Promise<Pgbench> {
  const file =
    (await processes.find("pgbench", binDirectory === null ? [] : [binDirectory])) ??
    (await processes.find("pgbench", await listDebianDirectories()));
  if (file === null) {
    throw new DynoError("TOOL_MISSING", { tool: "pgbench", neededBy: "workload `pgbench`" });
  }
  const { stdout, status } = await processes.run(file, ["--version"]);
  const version = status === 0 ? parseVersion(stdout) : null;
  if (version === null) {
    const because = `\`--version\` printed ${JSON.stringify(stdout.trim())}, status ${status}`;
    throw new DynoError("LOAD_FAILED", {
      tool: "pgbench",
      doing: "saying its version",
      because,
      path: file,
    });
  }
  requireVersion({ path: file, ...version }, MAJOR_MIN, "workload `pgbench`");
  return { path: file, ...version };
}

/** @throws {DynoError} TOOL_TOO_OLD where `feature` came with a later version. */
export function requireVersion(pgbench: Pgbench, major: number, feature: string): void {
  if (pgbench.major >= major) return;
  throw new DynoError("TOOL_TOO_OLD", {
    tool: "pgbench",
    found: pgbench.version,
    wanted: major,
    path: pgbench.path,
    feature,
  });
}

/** `pgbench (PostgreSQL) 15.18 (Debian …)`; betas are `16beta1`. `null` for anything else. */
export function parseVersion(
  text: string,
): { readonly version: string; readonly major: number } | null {
  const match = /^pgbench \(PostgreSQL\) ((\d+)\S*.*)$/m.exec(text);
  return match === null ? null : { version: match[1]!.trim(), major: Number(match[2]) };
}

async function listDebianDirectories(): Promise<readonly string[]> {
  const names = await readdir(DEBIAN_DIRECTORY).catch(() => []); // Not a Debian: nothing there.
  return names
    .filter((name) => /^\d+$/.test(name))
    .sort((a, b) => Number(b) - Number(a))
    .map((name) => path.join(DEBIAN_DIRECTORY, name, "bin"));
}
