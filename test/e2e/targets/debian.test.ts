import { execFile, execFileSync } from "node:child_process";
import { chmod, chown, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "vitest";
import { nodeProcesses } from "../../../src/lib/node-processes.ts";
import { chooseServerUser } from "../../../src/targets/local/server-user.ts";
import { withPostgres } from "../../support/postgres.ts";
import { skipUnless } from "../../support/skips.ts";

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL("../../../bin/pgdyno", import.meta.url));

/** A mount that only one process and its children see needs root, and Debian's account for the server. */
function mayMount(): boolean {
  try {
    execFileSync("unshare", ["-m", "true"], { stdio: "ignore" });
    execFileSync("id", ["postgres"], { stdio: "ignore" });
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
}

/** As `sudo -u postgres`, on a machine on which `folder` lies in the place of `over`. */
async function asPostgres(
  { folder, over, site }: { readonly folder: string; readonly over: string; readonly site: string },
  command: readonly string[],
): Promise<string> {
  const inside = 'mount --bind "$1" "$2" && shift 2 && exec "$@"';
  const become = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"];
  const environment = { PATH: process.env["PATH"]!, HOME: site, PGDYNO_STATE: site, NO_COLOR: "1" };
  const args = ["-m", "sh", "-c", inside, "sh", folder, over, ...become, ...command];
  const { stdout } = await run("unshare", args, { cwd: site, env: environment }).catch(
    (error: unknown) => error as { readonly stdout: string },
  );
  return stdout;
}

const debianTest = skipUnless(mayMount(), "only root can mount a folder for one process");

/** A server that listens on a folder of sockets alone, and lets in who has its account; `work` in a folder of postgres's own. */
async function withPeerServer(
  work: (found: {
    readonly port: number;
    readonly sockets: string;
    readonly site: string;
  }) => Promise<void>,
): Promise<void> {
  const site = await mkdtemp("/tmp/pgdyno-debian-");
  const sockets = path.join(site, "sockets");
  await mkdir(sockets);
  const owner = await chooseServerUser(nodeProcesses());
  if (owner !== null) await chown(sockets, owner.uid, owner.gid);
  execFileSync("chown", ["postgres", site]);
  await chmod(site, 0o755);
  const hbaFile = path.join(site, "hba.conf");
  await writeFile(hbaFile, "local all all peer\nhost all all 127.0.0.1/32 scram-sha-256\n");
  try {
    await withPostgres(({ endpoint }) => work({ port: endpoint.hosts[0]!.port, sockets, site }), {
      version: 15,
      parameters: { hba_file: hbaFile, unix_socket_directories: sockets },
    });
  } finally {
    await rm(site, { recursive: true });
  }
}

debianTest("`sudo -u postgres pgdyno observe` needs nothing else on Debian", async () => {
  await withPeerServer(async ({ port, sockets, site }) => {
    const folder = path.join(site, "usual");
    await mkdir(folder);
    await symlink(path.join(sockets, `.s.PGSQL.${port}`), path.join(folder, ".s.PGSQL.5432"));
    const at = { folder, over: "/var/run/postgresql", site };
    const who = "select current_user || '@' || current_database()";
    expect(await asPostgres(at, ["psql", "-X", "-A", "-t", "-c", who])).toBe("postgres@postgres\n");
    const observe = [PROGRAM, "observe", "--for", "2s", "--format", "json"];
    const report = JSON.parse(await asPostgres(at, observe)) as {
      readonly server: { readonly version: string } | null;
    };
    expect(JSON.stringify(report)).toContain("postgres@/var/run/postgresql:5432/postgres");
    const doctor = await asPostgres(at, [PROGRAM, "doctor", "--dsn", "", "--format", "json"]);
    expect(doctor).toMatch(/postgres in postgres, without TLS/);
  });
});

debianTest("finds Debian's service file for the whole system, as psql does", async () => {
  await withPeerServer(async ({ port, sockets, site }) => {
    const folder = path.join(site, "etc");
    await mkdir(folder);
    const service = `[team]\nhost=${sockets}\nport=${port}\ndbname=pgdyno\n`;
    await writeFile(path.join(folder, "pg_service.conf"), service);
    const at = { folder, over: "/etc/postgresql-common", site };
    const psql = ["/usr/lib/postgresql/15/bin/psql", "-X", "-A", "-t", "service=team"];
    const who = "select current_user || ' in ' || current_database()";
    expect(await asPostgres(at, [...psql, "-c", who])).toBe("postgres in pgdyno\n");
    const doctor = [PROGRAM, "doctor", "--dsn", "service=team", "--format", "json"];
    expect(await asPostgres(at, doctor)).toMatch(/postgres in pgdyno, without TLS/);
  });
});
