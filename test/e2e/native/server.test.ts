import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";
import { expect, test } from "vitest";
import type { Endpoint } from "../../../src/lib/endpoint.ts";
import { Secret } from "../../../src/lib/secret.ts";
import { initializeData } from "../../../src/workloads/native/initialize-data.ts";
import { runLoad } from "../../../src/workloads/native/run-load.ts";
import { BUILTIN_SCRIPTS } from "../../../src/workloads/native/script/builtin-scripts.ts";
import { withPostgres, type TestPostgres } from "../../support/postgres.ts";
import { killAndRestart, type Restarted } from "../../support/restart-postgres.ts";
import { loadOf } from "./load-of.ts";

const run = promisify(execFile);

async function query(
  endpoint: Endpoint,
  ...statements: string[]
): Promise<Record<string, unknown>[]> {
  const { host, port } = endpoint.hosts[0]!;
  const { user, database } = endpoint;
  const client = new Client({ host, port, user, database, password: endpoint.password!.reveal() });
  await client.connect();
  try {
    let rows: Record<string, unknown>[] = [];
    for (const sql of statements) rows = (await client.query(sql)).rows as typeof rows;
    return rows;
  } finally {
    await client.end();
  }
}

test("fills the tables as pgbench does", async () => {
  await withPostgres(
    async ({ endpoint, binDirectory }) => {
      const { host, port } = endpoint.hosts[0]!;
      const env = {
        PGHOST: host,
        PGPORT: String(port),
        PGUSER: "pgdyno",
        PGPASSWORD: endpoint.password!.reveal(),
      };
      const dump = async (): Promise<string> => {
        const args = ["--no-owner", "--restrict-key=x", "pgdyno"];
        const { stdout } = await run(join(binDirectory, "pg_dump"), args, {
          env,
          maxBuffer: 2 ** 28,
        });
        const frozen = await query(
          endpoint,
          "select relname, relpages, relallvisible, reltuples from pg_class where relname ~ '^pgbench' order by 1",
        );
        return `${stdout}\n${JSON.stringify(frozen)}`;
      };
      for (const [args, options] of [
        [["-s", "2"], { scale: 2 }],
        [
          ["-s", "1", "-I", "dtGvpf", "-F", "70"],
          { scale: 1, fillfactor: 70, steps: ["d", "t", "G", "v", "p", "f"] },
        ],
        [["-s", "1", "--partitions=3"], { scale: 1, partitions: 3 }],
        [
          ["-s", "1", "--partitions=2", "--partition-method=hash"],
          { scale: 1, partitions: 2, partitionMethod: "hash" },
        ],
        [["-s", "1", "--unlogged-tables"], { scale: 1, unlogged: true }],
      ] as const) {
        await run(join(binDirectory, "pgbench"), ["-i", "-q", ...args, "pgdyno"], { env });
        const wanted = await dump();
        const shares: number[] = [];
        await initializeData(endpoint, { ...options, onProgress: (share) => shares.push(share) });
        expect((await dump()) === wanted, args.join(" ")).toBe(true);
        expect(shares).toEqual([...shares].sort((a, b) => a - b));
        expect(shares.at(-1)).toBe(1);
      }
    },
    { version: 15 },
  );
});

test.each(["g", "G"] as const)(
  "stops filling (%s) when told to, and leaves no session",
  async (step) => {
    await withPostgres(
      async ({ endpoint }) => {
        const stop = new AbortController();
        const onProgress = (share: number): void => {
          if (share > 0.01) setTimeout(() => stop.abort(new Error("enough")), 300);
        };
        const filling = initializeData(endpoint, {
          scale: 50,
          steps: ["d", "t", step],
          onProgress,
          signal: stop.signal,
        });
        await expect(filling).rejects.toThrow("enough");
        await expect
          .poll(() =>
            query(endpoint, "select 1 from pg_stat_activity where application_name = 'pgdyno'"),
          )
          .toEqual([]);
      },
      { version: 15 },
    );
  },
);

test.each(["scram-sha-256", "md5", "password", "trust"])("authenticates by %s", async (method) => {
  await withPostgres(
    async ({ adminEndpoint, dataDirectory, endpoint }) => {
      const password = "pä55 word";
      await query(
        adminEndpoint,
        ...(method === "md5" ? ["set password_encryption = 'md5'"] : []),
        `create role someone login password '${password}'`,
      );
      const hba = join(dataDirectory, "pg_hba.conf");
      const rest = await readFile(hba, "utf8");
      const { writeFile } = await import("node:fs/promises");
      await writeFile(hba, `host all someone 127.0.0.1/32 ${method}\n${rest}`);
      await query(adminEndpoint, "select pg_reload_conf()");
      const as = (text: string): Endpoint => ({
        ...endpoint,
        user: "someone",
        password: new Secret(text),
      });
      const summary = await runLoad(
        loadOf(as(password), "SELECT 1;", { transactionsPerClient: 3, clients: 2 }),
        {
          onSecond() {},
        },
      );
      expect(summary).toMatchObject({ transactions: 6, failed: 0 });
      if (method === "trust") return;
      const wrong = runLoad(loadOf(as("wrong"), "SELECT 1;"), { onSecond() {} });
      await expect(wrong).rejects.toMatchObject({
        code: "TARGET_UNREACHABLE",
        message: expect.stringContaining("password authentication failed"),
      });
    },
    { version: 15 },
  );
});

test("speaks TLS, and checks the server's certificate as asked", async () => {
  await withPostgres(
    async ({ adminEndpoint, dataDirectory, endpoint }) => {
      const key = join(dataDirectory, "server.key");
      const certificate = join(dataDirectory, "server.crt");
      await run("openssl", [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost",
        "-keyout",
        key,
        "-out",
        certificate,
      ]);
      const { uid, gid } = await (await import("node:fs/promises")).stat(dataDirectory);
      const { chown, chmod } = await import("node:fs/promises");
      await chown(key, uid, gid);
      await chmod(key, 0o600);
      await query(adminEndpoint, "alter system set ssl = on", "select pg_reload_conf()");
      const { port } = endpoint.hosts[0]!;
      const connect = (
        host: string,
        sslMode: Endpoint["sslMode"],
        sslRootCert: string | null = null,
      ) =>
        runLoad(
          loadOf(
            { ...endpoint, hosts: [{ host, port }], sslMode, sslRootCert },
            "SELECT ssl::int AS ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid() \\gset\n\\set x 1 / :ssl\nSELECT 1;",
            { transactionsPerClient: 3 },
          ),
          { onSecond() {} },
        );
      expect(await connect("127.0.0.1", "require")).toMatchObject({ transactions: 3, aborted: [] });
      expect(await connect("127.0.0.1", "prefer")).toMatchObject({ transactions: 3, aborted: [] });
      expect(await connect("localhost", "verify-full", certificate)).toMatchObject({
        transactions: 3,
      });
      expect(await connect("127.0.0.1", "verify-ca", certificate)).toMatchObject({
        transactions: 3,
      });
      await expect(connect("127.0.0.1", "verify-full", certificate)).rejects.toThrow(
        "cannot be reached",
      );
      await expect(connect("localhost", "verify-full")).rejects.toThrow("self-signed");
      // Without TLS the script divides by zero and its client ends.
      expect((await connect("127.0.0.1", "disable")).aborted).toHaveLength(1);
    },
    { version: 15 },
  );
});

test("sends a pipeline with syncs in the middle, and goes on behind an error in it", async () => {
  await withPostgres(
    async ({ endpoint }) => {
      const script = String.raw`\set x random(0, 1)
\startpipeline
SELECT 1;
\syncpipeline
SELECT 1 / :x;
SELECT 2;
\syncpipeline
SELECT 3;
\endpipeline
SELECT 4;`;
      const summary = await runLoad(
        loadOf(endpoint, script, { protocol: "prepared", transactionsPerClient: 40 }),
        { onSecond() {} },
      );
      expect(summary.transactions + summary.failed).toBe(40);
      expect(summary.failed).toBeGreaterThan(5);
      expect(summary.transactions).toBeGreaterThan(5);
      expect(summary.errors).toMatchObject([{ code: "22012", count: summary.failed }]);
      expect(summary.statements.at(-1)).toMatchObject({ count: summary.transactions });
    },
    { version: 15 },
  );
});

test("connects for each transaction, and finds the primary in a list of hosts", async () => {
  await withPostgres(
    async ({ endpoint }) => {
      const { port } = endpoint.hosts[0]!;
      const hosts = [
        { host: "127.0.0.1", port: 1 },
        { host: "127.0.0.1", port },
      ];
      const summary = await runLoad(
        loadOf({ ...endpoint, hosts }, "SELECT 1;", {
          connectPerTransaction: true,
          transactionsPerClient: 10,
          clients: 2,
          sessionAttributes: "primary",
        }),
        { onSecond() {} },
      );
      expect(summary).toMatchObject({ transactions: 20, connects: 20, failed: 0 });
    },
    { version: 15 },
  );
});

/** The longest stretch without a commit, as the server's own log tells it, in UTC ms. */
async function readOutage({ logFile }: TestPostgres): Promise<{ fromMs: number; toMs: number }> {
  const log = await readFile(logFile, "utf8");
  const commits = [...log.matchAll(/^(\S+ \S+) UTC .*duration: .*execute P_6: END/gm)]
    .map(([, at]) => Date.parse(`${at!.replace(" ", "T")}Z`))
    .sort((x, y) => x - y);
  let longest = { fromMs: 0, toMs: 0 };
  for (const [i, toMs] of commits.entries()) {
    const fromMs = commits[i - 1] ?? toMs;
    if (toMs - fromMs > longest.toMs - longest.fromMs) longest = { fromMs, toMs };
  }
  return longest;
}

test("lives through kill -9 of the server, and measures the gap", async () => {
  await withPostgres(
    async (server) => {
      const { endpoint } = server;
      await initializeData(endpoint, { scale: 1 });
      let restarted: Promise<Restarted | null> = Promise.resolve(null);
      try {
        const summary = await runLoad(
          loadOf(endpoint, BUILTIN_SCRIPTS["tpcb-like"], {
            clients: 8,
            workers: 2,
            durationS: 7,
            protocol: "prepared",
          }),
          {
            onSecond({ index }) {
              if (index === 1) restarted = killAndRestart(server, 1500);
            },
          },
        );
        await restarted;
        const { fromMs, toMs } = summary.longestGap!;
        const logged = await readOutage(server);
        expect(logged.toMs - logged.fromMs).toBeGreaterThan(1500);
        expect(Math.abs(summary.startedEpochMs + fromMs - logged.fromMs)).toBeLessThan(50);
        expect(Math.abs(summary.startedEpochMs + toMs - logged.toMs)).toBeLessThan(50);
        expect(summary.connects).toBeGreaterThanOrEqual(16);
        expect(summary.aborted).toEqual([]);
        expect(summary.failed + summary.unknown).toBeLessThanOrEqual(8);
        const [sums] = await query(
          endpoint,
          `select (select count(*) from pgbench_history)::int as history,
                  (select sum(delta) from pgbench_history) = (select sum(abalance) from pgbench_accounts) as balanced`,
        );
        expect(sums).toMatchObject({ balanced: true });
        const history = sums!["history"] as number;
        expect(history).toBeGreaterThanOrEqual(summary.transactions);
        expect(history).toBeLessThanOrEqual(summary.transactions + summary.unknown);
      } finally {
        (await restarted)?.stop();
      }
    },
    {
      version: 15,
      parameters: {
        log_line_prefix: "%m [%p] ",
        log_timezone: "UTC",
        log_min_duration_statement: "0",
      },
    },
  );
});
