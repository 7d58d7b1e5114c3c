/**
 * Stores what the real pgbench prints and logs, as fixtures of its parsers, under its major version.
 * `npx tsx tools/capture-pgbench.ts [15]`
 *
 * Cases are told apart by folder: `stdout`, `stderr`, and `log`, the first lines of each thread's
 * log. `cases.json` has the arguments and exit status of each.
 */
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { withPostgres, type TestPostgres } from "../test/support/postgres.ts";

const LOG_LINES_MAX = 60;
const OPTIONS = ["--no-vacuum", "--progress=1", "--log", "--log-prefix=log", "-r"];
const DETAILED = "--failures-detailed";

/** The user's own scripts, written into the folder in which pgbench runs. */
const SCRIPTS = {
  "lookup.sql":
    "\\set aid random(1, 100000)\nselect abalance\n  from pgbench_accounts where aid = :aid;\n",
  "deposit.sql":
    "\\set tid random(1, 10)\nbegin;\nupdate pgbench_tellers set tbalance = tbalance + 1 where tid = :tid;\nend;\n",
  "cross.sql":
    "\\set a random(1, 4)\n\\set b random(1, 4)\nbegin;\nupdate pgbench_tellers set tbalance = 1 where tid = :a;\nupdate pgbench_tellers set tbalance = 1 where tid = :b;\nend;\n",
  "slow.sql": "select pg_sleep(2.2);\n",
  "divide.sql": "\\sleep 300 ms\nselect 1 / 0;\n",
  "divide-here.sql": "\\set x 1 / 0\nselect 1;\n",
  "wrong.sql": "\\nothing\n",
  "undefined.sql":
    "\\set aid random(1, 10)\nselect 1;\nselect bid\n  from pgbench_account where aid = :aid;\n",
  "undefined-function.sql": "select no_such_function(1);\n",
  "copy-in.sql": "copy pgbench_history from stdin;\n",
  "open-transaction.sql": "begin;\nselect 1;\n",
  "no-row.sql": "select 1 where false \\gset\n",
};

interface Case {
  readonly name: string;
  readonly args: readonly string[];
  readonly isolation?: string;
  /** Done a second after the start. */
  during?(server: TestPostgres): void;
}

const CASES: readonly Case[] = [
  { name: "normal", args: [...OPTIONS, DETAILED, "-c4", "-j2", "-T2", "-Mprepared"] },
  { name: "rate", args: [...OPTIONS, DETAILED, "-c4", "-j2", "-T2", "-R50", "-bselect-only"] },
  {
    name: "latency-limit",
    args: [...OPTIONS, DETAILED, "-c2", "-j1", "-T2", "-R4000", "-L20", "-btpcb-like"],
  },
  {
    name: "latency-limit-closed",
    args: [...OPTIONS, DETAILED, "-c2", "-j1", "-T2", "-L2", "-btpcb-like"],
  },
  {
    name: "serialization",
    args: [...OPTIONS, DETAILED, "-c8", "-j1", "-T2"],
    isolation: "repeatable read",
  },
  {
    name: "failures-undetailed",
    args: [...OPTIONS, "-c8", "-j1", "-T2"],
    isolation: "repeatable read",
  },
  {
    name: "retries",
    args: [...OPTIONS, DETAILED, "-c8", "-j1", "-T2", "--max-tries=3"],
    isolation: "repeatable read",
  },
  {
    name: "retries-rate-limit",
    args: [...OPTIONS, DETAILED, "-c8", "-j1", "-T2", "--max-tries=3", "-R500", "-L50"],
    isolation: "repeatable read",
  },
  { name: "deadlock", args: [...OPTIONS, DETAILED, "-c8", "-j1", "-T2", "-fcross.sql"] },
  {
    name: "weighted",
    args: [...OPTIONS, DETAILED, "-c2", "-j1", "-T2", "-flookup.sql@3", "-fdeposit.sql@1"],
  },
  {
    name: "weighted-retries",
    args: [
      ...OPTIONS,
      DETAILED,
      "-c8",
      "-j1",
      "-T2",
      "--max-tries=2",
      "-flookup.sql",
      "-fdeposit.sql",
    ],
    isolation: "repeatable read",
  },
  { name: "connect", args: [...OPTIONS, DETAILED, "-c2", "-j1", "-T2", "-C", "-bselect-only"] },
  { name: "idle-second", args: [...OPTIONS, DETAILED, "-c1", "-T4", "-fslow.sql"] },
  { name: "sql-error", args: [...OPTIONS, DETAILED, "-c2", "-T2", "-fdivide.sql", "-flookup.sql"] },
  { name: "meta-error", args: [...OPTIONS, DETAILED, "-c1", "-T2", "-fdivide-here.sql"] },
  { name: "undefined-table", args: [...OPTIONS, DETAILED, "-c2", "-T2", "-fundefined.sql"] },
  {
    name: "undefined-table-prepared",
    args: [...OPTIONS, DETAILED, "-c1", "-T2", "-Mprepared", "-fundefined.sql"],
  },
  {
    name: "undefined-function",
    args: [...OPTIONS, DETAILED, "-c1", "-T2", "-fundefined-function.sql"],
  },
  { name: "copy-in", args: [...OPTIONS, DETAILED, "-c2", "-T2", "-fcopy-in.sql"] },
  {
    name: "open-transaction",
    args: [...OPTIONS, DETAILED, "-c2", "-T2", "-fopen-transaction.sql"],
  },
  { name: "no-row", args: [...OPTIONS, DETAILED, "-c1", "-T2", "-fno-row.sql"] },
  { name: "script-error", args: [...OPTIONS, DETAILED, "-c1", "-T2", "-fwrong.sql"] },
  { name: "no-server", args: [...OPTIONS, DETAILED, "-c1", "-T2", "-p1"] },
  {
    name: "server-killed",
    args: [...OPTIONS, DETAILED, "-c4", "-j2", "-T4", "-Mprepared"],
    during: (server) => process.kill(server.postmasterPid, "SIGQUIT"),
  },
  {
    name: "server-killed-connect",
    args: [...OPTIONS, DETAILED, "-c4", "-j2", "-T4", "-C", "-bselect-only"],
    during: (server) => process.kill(server.postmasterPid, "SIGQUIT"),
  },
  {
    name: "server-stopped-fast",
    args: [...OPTIONS, DETAILED, "-c4", "-j2", "-T4", "-Mprepared"],
    during: (server) => process.kill(server.postmasterPid, "SIGINT"),
  },
];

const major = process.argv[2] ?? "15";
const root = fileURLToPath(new URL(`../src/workloads/pgbench/fixtures/${major}`, import.meta.url));

await rm(root, { recursive: true, force: true });
const captured: Record<
  string,
  { readonly args: readonly string[]; readonly status: number | null }
> = {};
const isFatal = (one: Case) => one.during !== undefined;
await withServer(async (server, directory) => {
  const args = ["-i", "-s3", "--partitions=2", "--foreign-keys", "-F90"];
  await capture(server, directory, { name: "initialize-partitions", args });
  await capture(server, directory, {
    name: "partitions",
    args: [...OPTIONS, DETAILED, "-c1", "-T1"],
  });
  await capture(server, directory, { name: "initialize", args: ["-i", "-s1"] });
  for (const one of CASES) if (!isFatal(one)) await capture(server, directory, one);
});
for (const one of CASES.filter(isFatal)) {
  await withServer(async (server, directory) => {
    await runPgbench(server, directory, ["-i", "-q"], undefined);
    await capture(server, directory, one);
  });
}
await writeFile(path.join(root, "cases.json"), `${JSON.stringify(captured, null, 2)}\n`);

function withServer(work: (server: TestPostgres, directory: string) => Promise<void>) {
  return withPostgres(
    async (server) => {
      const directory = await mkdtemp(path.join(tmpdir(), "pgdyno-capture-"));
      try {
        for (const [name, text] of Object.entries(SCRIPTS)) {
          await writeFile(path.join(directory, name), text);
        }
        await writeFile(
          path.join(directory, "pgpass"),
          `*:*:*:*:${server.endpoint.password!.reveal()}\n`,
          {
            mode: 0o600,
          },
        );
        await work(server, directory);
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },
    { version: Number(major), parameters: { deadlock_timeout: "10ms" } },
  );
}

async function capture(server: TestPostgres, directory: string, one: Case): Promise<void> {
  const later = setTimeout(() => one.during?.(server), 1300);
  const { stdout, stderr, status } = await runPgbench(server, directory, one.args, one.isolation);
  clearTimeout(later);
  const folder = path.join(root, one.name);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "stdout"), stdout);
  await writeFile(path.join(folder, "stderr"), stderr);
  const logs = (await readdir(directory)).filter((name) => /^log\.\d/.test(name)).sort();
  for (const name of logs) {
    const lines = (await readFile(path.join(directory, name), "utf8")).split("\n");
    const kept = lines.length <= LOG_LINES_MAX ? lines : [...lines.slice(0, LOG_LINES_MAX), ""];
    const thread = name.split(".")[2] ?? "0";
    await writeFile(path.join(folder, `log.${thread}`), kept.join("\n"));
    await rm(path.join(directory, name));
  }
  captured[one.name] = { args: one.args, status };
  console.log(`${one.name}: status ${status}, ${logs.length} logs`);
}

function runPgbench(
  server: TestPostgres,
  directory: string,
  args: readonly string[],
  isolation: string | undefined,
): Promise<{ stdout: string; stderr: string; status: number | null }> {
  const { host, port } = server.endpoint.hosts[0]!;
  const child = spawn(path.join(server.binDirectory, "pgbench"), args, {
    cwd: directory,
    env: {
      LC_ALL: "C",
      PGHOST: host,
      PGPORT: String(port),
      PGUSER: server.endpoint.user,
      PGDATABASE: server.endpoint.database,
      PGPASSFILE: path.join(directory, "pgpass"),
      ...(isolation === undefined
        ? {}
        : { PGOPTIONS: `-c default_transaction_isolation=${isolation.replace(" ", "\\ ")}` }),
    },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve({ stdout, stderr, status }));
  });
}
