import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { withConnection } from "../../../src/lib/pg-connection.ts";
import { initializeData } from "../../../src/workloads/native/initialize-data.ts";
import { tryExperiment } from "../../support/plan-file.ts";
import { withPostgres, type TestPostgres } from "../../support/postgres.ts";
import { killAndRestart } from "../../support/restart-postgres.ts";

const OPTIONS = { applicationName: "psql", timeoutMs: 10_000 };
const TIMES = "duration: 1s, warmup: 0s, cooldown: 0s, repetitions: 1";

function asAdmin({ adminEndpoint }: TestPostgres, sql: string) {
  return withConnection(adminEndpoint, OPTIONS, ({ query }) => query(sql));
}

/** Runs a ladder on the server, as its role `pgdyno`. */
function runOn({ endpoint }: TestPostgres, load: string, clients: string, command = "run") {
  const { host, port } = endpoint.hosts[0]!;
  const dsn = `postgresql://${endpoint.user}@${host}:${port}/${endpoint.database}`;
  const text = `target: { existing: { dsn: "${dsn}", production: i-know } }
stages:
  - ladder:
      workload: { ${load} }
      clients: ${clients}
      ${TIMES.replaceAll(", ", "\n      ")}
`;
  const environment = { PGPASSWORD: endpoint.password!.reveal() };
  return tryExperiment(text, [command], environment);
}

const SELECTS = "native: { builtin: select-only, initialize: false }";

test.each([15, 18])(
  "PostgreSQL %i is asked for its slots, and as many clients as fit do get in",
  async (version) => {
    await withPostgres(
      async (server) => {
        await asAdmin(server, "grant pg_monitor to pgdyno");
        const { faults } = await runOn(server, "native: { scale: 1 }", "[1, 6]");
        expect(faults).toEqual([
          expect.stringMatching(
            /^5:20: The 6 clients of `stages\[0\]` do not fit: of the server's 12 connection slots \(`max_connections`\) 3 are reserved, and pgdyno itself takes 4\. There is room for 5\. Raise/,
          ),
        ]);
        expect((await runOn(server, "native: { scale: 1 }", "[5]")).status).toBe(0);
        const log = await readFile(server.logFile, "utf8");
        expect(log).not.toMatch(/too many clients|remaining connection slots/);
      },
      { version, parameters: { max_connections: "12" } },
    );
  },
);

test("counts what others have taken, and the limits of role and database", async () => {
  await withPostgres(
    async (server) => {
      await asAdmin(server, "grant pg_monitor to pgdyno");
      await withConnection(server.adminEndpoint, OPTIONS, async () => {
        const taken = await runOn(server, "native: { scale: 1 }", "[14]");
        expect(taken.faults).toEqual([
          expect.stringMatching(/^5:17: .* 3 are reserved, 1 taken by others, .* room for 12\./),
        ]);
      });
      await asAdmin(server, "alter role pgdyno connection limit 8");
      expect((await runOn(server, "native: { scale: 1 }", "[5]")).faults).toEqual([
        expect.stringMatching(
          /role `pgdyno` may have 8 sessions, of which 0 are taken and pgdyno itself takes 4\. There is room for 4\. Raise its `connection limit`/,
        ),
      ]);
      await asAdmin(server, "alter role pgdyno connection limit -1");
      await asAdmin(server, "alter database pgdyno connection limit 7");
      expect((await runOn(server, "native: { scale: 1 }", "[5]")).faults).toEqual([
        expect.stringMatching(/database `pgdyno` may have 7 sessions, .* There is room for 3\./),
      ]);
    },
    { version: 15, parameters: { max_connections: "20" } },
  );
});

test.each([15, 18])(
  "a standby of PostgreSQL %i takes a load that only reads, and none that writes",
  async (version) => {
    await withPostgres(
      async (server) => {
        await asAdmin(server, "grant pg_monitor to pgdyno");
        await initializeData(server.endpoint, { scale: 2 });
        await asAdmin(server, "checkpoint");
        await writeFile(path.join(server.dataDirectory, "standby.signal"), "");
        const standby = await killAndRestart(server, 200);
        try {
          await untilStandby(server);
          const reads = await runOn(server, SELECTS, "[2]");
          expect(reads.stderr).toContain("scale 2");
          expect(reads.status).toBe(0);
          const writes = await runOn(server, "native: { scale: 1 }", "[2]");
          expect(writes.faults).toEqual([
            expect.stringMatching(
              /^4:27: The server is a standby, .* Name the primary; or only read/,
            ),
          ]);
          const updates = await runOn(server, "native: { initialize: false }", "[2]");
          expect(updates.status).toBe(2);
          // As pgbench has it, too.
          const pgbench = SELECTS.replace("native", "pgbench");
          expect((await runOn(server, pgbench, "[2]")).status).toBe(0);
        } finally {
          standby.stop();
        }
      },
      { version },
    );
  },
);

test("sessions that are read-only by default take reads; missing tables are named", async () => {
  await withPostgres(async (server) => {
    await asAdmin(server, "grant pg_monitor to pgdyno");
    await asAdmin(server, "alter role pgdyno set default_transaction_read_only = on");
    expect((await runOn(server, SELECTS, "[1]")).faults).toEqual([
      expect.stringMatching(
        /^4:63: .* database `pgdyno` has no pgbench_accounts, no pgbench_branches/,
      ),
    ]);
    expect((await runOn(server, "native: { scale: 1 }", "[1]")).faults).toEqual([
      expect.stringMatching(/^4:27: Sessions of role `pgdyno` are read-only there/),
    ]);
    // A plan asks no server.
    expect((await runOn(server, "native: { scale: 1 }", "[999]", "plan")).status).toBe(0);
  });
});

test("settings and versions of a server that is there already are not changed between trials", async () => {
  const text = `target: { existing: { dsn: "host=nowhere dbname=x user=y" } }
stages:
  - compare: { workload: { native: {} }, a: {}, b: { parameters: { work_mem: 8MB } } }
`;
  expect((await tryExperiment(text)).faults).toEqual([
    expect.stringMatching(/^3:54: The settings of this target are not pgdyno's to change\./),
  ]);
});

async function untilStandby(server: TestPostgres): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      const [row] = await asAdmin(server, "select pg_is_in_recovery() as standby");
      if (row?.["standby"] === true) return;
    } catch (error) {
      if (tries > 300) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
