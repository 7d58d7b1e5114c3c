import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { runLoad, type LoadScript, type Protocol } from "../../../src/workloads/native/run-load.ts";
import { initializeData } from "../../../src/workloads/native/initialize-data.ts";
import { PGBENCH_SCRIPTS } from "../../../src/workloads/native/script/builtin-scripts.ts";
import { withPostgres, type TestPostgres } from "../../support/postgres.ts";
import { DEFINES, PIPELINES, SCRIPTS } from "./scripts.ts";
import { LOG_PARAMETERS, readSessions, withoutPreparation } from "./statement-log.ts";

const run = promisify(execFile);
const SEED = 20_260_731;

interface Comparison {
  readonly scripts: readonly LoadScript[];
  readonly protocol: Protocol;
  readonly clients: number;
  readonly threads: number;
  readonly transactions: number;
}

/** Runs pgbench and the native driver alike; gives what each said, and how often each script ran. */
async function runBoth(
  server: TestPostgres,
  about: Comparison,
): Promise<{ pgbench: string[]; native: string[]; ran: Map<string, number> }> {
  const { end: from } = await readSessions(server.logFile, 0, "-");
  await runPgbench(server, about);
  const ran = await runNative(server, about);
  const pgbench = await readSessions(server.logFile, from, "pgbench");
  const native = await readSessions(server.logFile, from, "pgdyno");
  return { pgbench: withoutPreparation(pgbench.sessions), native: native.sessions, ran };
}

async function runPgbench(server: TestPostgres, about: Comparison): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "pgdyno-scripts-"));
  try {
    const files: string[] = [];
    for (const [i, { text, weight }] of about.scripts.entries()) {
      const path = join(directory, `${i}.sql`);
      await writeFile(path, text);
      files.push(`--file=${path}@${weight}`);
    }
    const args = [
      "--no-vacuum",
      `--random-seed=${SEED}`,
      `--protocol=${about.protocol}`,
      `--client=${about.clients}`,
      `--jobs=${about.threads}`,
      `--transactions=${about.transactions}`,
      "--scale=3",
      ...Object.entries(DEFINES).map(([name, value]) => `--define=${name}=${value}`),
      ...files,
    ];
    const { host, port } = server.endpoint.hosts[0]!;
    const env = {
      PGHOST: host,
      PGPORT: String(port),
      PGUSER: "pgdyno",
      PGDATABASE: "pgdyno",
      PGPASSWORD: server.endpoint.password!.reveal(),
    };
    await run(join(server.binDirectory, "pgbench"), args, { env });
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function runNative(server: TestPostgres, about: Comparison): Promise<Map<string, number>> {
  const ran = new Map<string, number>();
  const summary = await runLoad(
    {
      endpoint: server.endpoint,
      scripts: about.scripts,
      variables: DEFINES,
      scale: 3,
      clients: about.clients,
      workers: about.threads,
      mode: { kind: "closed", thinkMs: 0 },
      protocol: about.protocol,
      connectPerTransaction: false,
      maxTries: 1,
      seed: SEED,
      durationS: null,
      signal: AbortSignal.timeout(60_000),
      connectTimeoutMs: 5000,
      requestTimeoutMs: 5000,
      reconnect: false,
      transactionsPerClient: about.transactions,
    },
    {
      onSecond({ perScript }) {
        for (const { script, transactions } of perScript) {
          ran.set(script, (ran.get(script) ?? 0) + transactions);
        }
      },
    },
  );
  expect(summary.errors).toEqual([]);
  expect(summary.aborted).toEqual([]);
  return ran;
}

/** The first line that differs, with some lines before it: the whole would be thousands of lines. */
function firstDifference(pgbench: readonly string[], native: readonly string[]): string | null {
  for (const [i, session] of pgbench.entries()) {
    const [wanted, found] = [session.split("\n"), (native[i] ?? "").split("\n")];
    const at = wanted.findIndex((line, j) => line !== found[j]);
    if (at === -1 && wanted.length === found.length) continue;
    const before = wanted.slice(Math.max(0, at - 3), at).join("\n");
    return `session ${i}, line ${at}:\n${before}\npgbench: ${wanted[at]}\nnative:  ${found[at]}`;
  }
  return native.length === pgbench.length
    ? null
    : `${native.length} sessions, not ${pgbench.length}`;
}

/** Neither several statements in one nor a definition can be prepared or take parameters. */
const SIMPLE_ONLY = /\\;|CREATE|'a:x'|never_set/;

const simple = Object.entries(SCRIPTS).map(([name, text]) => ({ name, text, weight: 1 }));
const parameterized = [
  ...Object.entries(SCRIPTS).filter(([, text]) => !SIMPLE_ONLY.test(text)),
  ...Object.entries(PIPELINES),
].map(([name, text], i) => ({
  name,
  text: text.replaceAll(/'(:\w+)'/g, "$1"),
  weight: 1 + (i % 3),
}));
const builtins = Object.entries(PGBENCH_SCRIPTS).map(([name, text], i) => ({
  name,
  text,
  weight: i + 1,
}));
/** One client per thread: clients of one thread draw their scripts from one source, as they come. */
const many = { clients: 2, threads: 2, transactions: 800 } as const;

test.each<readonly [string, Comparison]>([
  ["every script, simple", { scripts: simple, protocol: "simple", ...many }],
  ["every script, extended", { scripts: parameterized, protocol: "extended", ...many }],
  ["every script, prepared", { scripts: parameterized, protocol: "prepared", ...many }],
  [
    "built-in scripts",
    { scripts: builtins, protocol: "prepared", clients: 2, threads: 2, transactions: 100 },
  ],
  [
    "many clients",
    { scripts: builtins.slice(0, 1), protocol: "simple", clients: 7, threads: 3, transactions: 20 },
  ],
])("says to the server what pgbench says, with the same seed: %s", async (_, about) => {
  await withPostgres(
    async (server) => {
      if (about.scripts[0]?.name === "tpcb-like")
        await initializeData(server.endpoint, { scale: 3 });
      const { pgbench, native, ran } = await runBoth(server, about);
      expect(pgbench.length).toBe(about.clients);
      expect(firstDifference(pgbench, native)).toBeNull();
      const never = about.scripts.filter(({ name }) => (ran.get(name) ?? 0) < 3);
      expect(never.map(({ name }) => name)).toEqual([]);
    },
    { version: 15, parameters: LOG_PARAMETERS },
  );
});
