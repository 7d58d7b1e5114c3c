import { writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "vitest";
import type { Endpoint } from "../../../src/lib/endpoint.ts";
import { openConnection } from "../../../src/lib/pg-connection.ts";
import { lookAtPooler } from "../../../src/lib/pooler.ts";
import { writeFinalRead } from "../../../src/workloads/native/ledger/ledger-table.ts";
import { noPgbouncer, withPgbouncer, type PgbouncerOptions } from "../../support/pgbouncer.ts";
import { withPostgres, type TestPostgres } from "../../support/postgres.ts";
import { makeSite, runProgram } from "../../support/program.ts";
import { skipUnless } from "../../support/skips.ts";
import { asApplication, dsnOf, serverConnections } from "./application.ts";

const poolerTest = skipUnless(noPgbouncer === null, noPgbouncer ?? "");

const MODES = ["session", "transaction", "statement"] as const;

/** What the application's own statements must find on every server connection, before and after. */
const UNTOUCHED = {
  statement_timeout: "0",
  lock_timeout: "0",
  idle_in_transaction_session_timeout: "0",
  application_name: "",
  jit: "on",
  enable_indexscan: "on",
  enable_seqscan: "on",
  search_path: '"$user", public',
  timezone: "GMT",
  advisory_locks: "0",
  prepared_statements: "0",
  temporary_tables: "0",
};

/** A pool before PostgreSQL, by default of two, whose server connections keep whatever a client leaves in them. */
function withPool<T>(
  version: number,
  pool: Omit<PgbouncerOptions, "poolSize"> & { readonly poolSize?: number },
  work: (pooled: Endpoint, server: TestPostgres) => Promise<T>,
): Promise<T> {
  const settings = { server_reset_query: "", ...pool.settings };
  return withPostgres(
    async (server) => {
      await asApplication(server.adminEndpoint, (query) => query("grant pg_monitor to pgdyno"));
      return withPgbouncer(server, { poolSize: 2, ...pool, settings }, (pooled) =>
        work(pooled, server),
      );
    },
    { version, parameters: { timezone: "GMT" } },
  );
}

for (const version of [15, 18]) {
  for (const mode of MODES) {
    poolerTest(
      `watching through PgBouncer in ${mode} mode leaves the application alone on PostgreSQL ${version}`,
      async () => {
        // In session mode one for the application, one to watch with, and one to find out the mode by.
        const poolSize = mode === "session" ? 3 : 2;
        await withPool(version, { mode, poolSize }, async (pooled, server) => {
          const stop = new AbortController();
          const application = asApplication(pooled, async (query) => {
            const answers: string[] = [];
            while (!stop.signal.aborted) {
              await query("select pg_sleep(2.5)").then(
                () => answers.push("ok"),
                (error: Error) => answers.push(error.message),
              );
            }
            return answers;
          });
          const dsn = `--dsn=${dsnOf(pooled)}`;
          const { status, stderr } = await runProgram(makeSite(), ["observe", dsn, "--for=3s"], {
            PGPASSWORD: pooled.password!.reveal(),
          });
          stop.abort();
          const answers = await application;
          expect(new Set(answers), answers.join()).toEqual(new Set(["ok"]));
          for (const left of await serverConnections(pooled, poolSize)) {
            expect(left).toEqual(UNTOUCHED);
          }
          if (mode === "session") {
            expect(stderr).toContain("a connection pooler in session mode");
            expect([0, 1]).toContain(status);
          } else {
            expect(stderr).toContain("leads to a connection pooler");
            // The way out is the server's own address.
            expect(stderr).toContain(`:${server.endpoint.hosts[0]!.port}/pgdyno`);
            expect(status, stderr).toBe(4);
          }
        });
      },
    );
  }
}

for (const mode of MODES) {
  for (const roundRobin of [0, 1]) {
    poolerTest(`tells ${mode} mode from the others where server_round_robin = ${roundRobin}`, () =>
      withPool(
        15,
        { mode, settings: { server_round_robin: roundRobin } },
        async (pooled, server) => {
          const connection = await openConnection(pooled, WATCHING);
          try {
            expect(connection.isPooled).toBe(true);
            expect(await lookAtPooler(pooled, connection)).toEqual({
              mode: mode === "session" ? "session" : "shared",
              direct: dsnOf(server.endpoint),
            });
            // A question sees what it wants to see, and nothing of it stays.
            const [seen] = await connection.query<{ now: string; path: string }>(
              "select current_setting('timezone') as now, current_setting('search_path') as path, $1::text[] as list",
              [["it's", "x"]],
            );
            expect(seen).toEqual({
              now: "UTC",
              path: "pg_catalog, pg_temp",
              list: ["it's", "x"],
            });
            await expect(connection.query("select 1/0")).rejects.toThrow("division by zero");
          } finally {
            await connection.close();
          }
          expect(await serverConnections(pooled, 2)).toEqual([UNTOUCHED, UNTOUCHED]);
        },
      ),
    );
  }
}

const WATCHING = {
  applicationName: "pgdyno monitor",
  purpose: "watch",
  timeoutMs: 10_000,
  keepPlans: true,
} as const;

poolerTest("a connection to the server itself is no pooled one, whoever the role is", () =>
  withPostgres(async ({ endpoint, adminEndpoint }) => {
    for (const one of [endpoint, adminEndpoint]) {
      const connection = await openConnection(one, WATCHING);
      expect([connection.isPooled, await lookAtPooler(one, connection)]).toEqual([false, null]);
      await connection.close();
    }
  }),
);

poolerTest("a pool that is used up is told, and not waited for", () =>
  withPool(15, { mode: "session" }, async (pooled) => {
    const first = await openConnection(pooled, WATCHING);
    const second = await openConnection(pooled, WATCHING);
    expect((await lookAtPooler(pooled, first))?.mode).toBe("unknown");
    await second.close();
    await first.close();
  }),
);

poolerTest("a load may go through a pooler where the probes do not", async () => {
  await withPool(15, { mode: "transaction" }, async (pooled, server) => {
    const password = pooled.password!.reveal();
    const run = async (target: string) => {
      const site = makeSite();
      writeFileSync(
        path.join(site, "it.yaml"),
        `target: { existing: { ${target} } }
stages:
  - ladder: { workload: { native: { scale: 1, protocol: simple } }, clients: [2], duration: 1500ms, warmup: 200ms, cooldown: 100ms, repetitions: 1 }
`,
      );
      return runProgram(site, ["run", "it.yaml"], { PGPASSWORD: password });
    };
    const alone = await run(`dsn: "${dsnOf(pooled)}"`);
    expect([alone.status, alone.stderr]).toEqual([4, expect.stringContaining("`monitorDsn`")]);

    const both = await run(`dsn: "${dsnOf(pooled)}", monitorDsn: "${dsnOf(server.endpoint)}"`);
    expect(both.status, both.stderr).toBe(0);
    // What PgBouncer keeps of any client, the load's too, is its name.
    const loaded = { ...UNTOUCHED, application_name: "pgdyno" };
    expect(await serverConnections(pooled, 2)).toEqual([loaded, loaded]);
  });
});

poolerTest.each(MODES)("a ledger is read through %s mode, and leaves nothing", async (mode) => {
  await withPool(15, { mode }, async (pooled) => {
    const { signal } = new AbortController();
    const file = path.join(makeSite(), "final.csv");
    await asApplication(pooled, (query) =>
      query("create table pgdyno_ledger (client int, seq bigint, payload text)"),
    );
    await writeFinalRead(pooled, file, signal);
    expect(await readFile(file, "utf8")).toMatch(/\nE0\n$/);
    for (const left of await serverConnections(pooled, 2)) {
      expect({ ...left, application_name: "" }).toEqual(UNTOUCHED);
    }
  });
});

poolerTest("doctor names the pooler and the server behind it", async () => {
  await withPool(15, { mode: "transaction" }, async (pooled, server) => {
    const { stdout } = await runProgram(makeSite(), ["doctor", `--dsn=${dsnOf(pooled)}`], {
      PGPASSWORD: pooled.password!.reveal(),
    });
    expect(stdout).toMatch(/pooler.*transaction or statement mode/);
    expect(stdout).toContain(dsnOf(server.endpoint));
  });
});
