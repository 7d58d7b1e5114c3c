import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { chown, mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Instance } from "../../../src/contracts/instance.ts";
import { readFileOn } from "../../../src/lib/host-files.ts";
import { nodeProcesses } from "../../../src/lib/node-processes.ts";
import { withConnection } from "../../../src/lib/pg-connection.ts";
import { findPostgresql } from "../../../src/targets/local/find-postgresql.ts";
import { chooseServerUser } from "../../../src/targets/local/server-user.ts";
import { standOf } from "../../contract/hosts/stand.ts";

const NAMESPACES = ["--mount", "--pid", "--net", "--fork", "--mount-proc", "--kill-child"];
const PORT = 5432;
export const VOLUME_BYTES = 256 * 1024 ** 2;

/** Another host is namespaces of its own: other processes, another network, files that only it sees. */
export const mayUnshare =
  spawnSync("unshare", [...NAMESPACES, "true"], { stdio: "ignore" }).status === 0;

/** Data and log are on a volume of the other host; only the folder of the socket is seen from here. */
const SCRIPT = `
set -e
folder=$1 user=$2 group=$3 bin=$4
mount -t tmpfs -o size=${VOLUME_BYTES} tmpfs "$folder/private"
chown "$user:$group" "$folder/private"
as="setpriv --reuid=$user --regid=$group --clear-groups"
cd /
$as "$bin/initdb" --pgdata="$folder/private/data" --username=postgres --auth=trust \\
  --encoding=UTF8 --locale=C --no-sync >/dev/null
exec 2>"$folder/private/server.log"
$as "$bin/postgres" -D "$folder/private/data" --port=${PORT} --listen_addresses= \\
  --unix_socket_directories="$folder" --shared_buffers=16MB --log_checkpoints=on &
wait`;

/** Runs a server on another host, which programs that are run there show, and takes both away. */
export async function withServerElsewhere<T>(
  name: string,
  work: (instance: Instance) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp("/tmp/pgdyno-elsewhere-");
  const user = (await chooseServerUser(nodeProcesses()))!;
  const context = { processes: nodeProcesses(), user, mayFetch: true };
  const { binDirectory } = await findPostgresql({ version: 18, from: "embedded" }, context);
  await mkdir(join(folder, "private"));
  await chown(folder, user.uid, user.gid);
  const args = [folder, String(user.uid), String(user.gid), binDirectory];
  const world = spawn("unshare", [...NAMESPACES, "sh", "-c", SCRIPT, "sh", ...args], {
    env: { PATH: process.env["PATH"] ?? "", LC_ALL: "C" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const gone = new Promise((resolve) => world.once("exit", resolve));
  try {
    const first = await until(() => childOf(world.pid!));
    const enter = ["nsenter", `--target=${first}`, "--mount", "--pid", "--net", "--"];
    const { host } = standOf(name, enter);
    const pidFile = join(folder, "private/data/postmaster.pid");
    const text = await until(async () => {
      const found = await readFileOn(host.files, pidFile);
      return found?.includes("ready") === true ? found : null;
    });
    const hosts = [{ host: folder, port: PORT }];
    return await work({
      name: "pg1",
      host,
      monitorEndpoint: {
        hosts,
        user: "postgres",
        database: "postgres",
        password: null,
        sslMode: "disable",
        sslRootCert: null,
      },
      postmasterPid: Number(text.split("\n")[0]),
      dataDirectory: join(folder, "private/data"),
      logFile: join(folder, "private/server.log"),
    });
  } finally {
    world.kill("SIGKILL");
    await gone;
    await rm(folder, { recursive: true, force: true });
  }
}

export async function ask({ monitorEndpoint }: Instance, sql: string): Promise<void> {
  const options = { applicationName: "a client", timeoutMs: 20_000 };
  await withConnection(monitorEndpoint, options, ({ query }) => query(sql));
}

function childOf(pid: number): string | null {
  const child = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return child === "" ? null : child;
}

/** Waits until a look finds something. */
export async function until<T>(look: () => T | null | Promise<T | null>): Promise<T> {
  for (let tries = 0; tries < 600; tries += 1) {
    const found = await look();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("It does not come up.");
}
