import type { TargetHandle } from "../../../src/contracts/target-handle.ts";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { withSteps } from "../../../src/engine/steps.ts";
import type { Endpoint } from "../../../src/lib/endpoint.ts";
import { openConnection, withConnection } from "../../../src/lib/pg-connection.ts";
import { existing } from "../../../src/targets/existing/index.ts";
import { existingOptions } from "../../../src/targets/existing/options.ts";
import { withPartContext } from "../../support/part-context.ts";
import { withPostgres, type TestPostgres } from "../../support/postgres.ts";

const signal = new AbortController().signal;
const OPTIONS = { applicationName: "psql", timeoutMs: 10_000 };

/** `sql` as the superuser, statement by statement. */
async function as(endpoint: Endpoint, ...statements: readonly string[]) {
  return withConnection(endpoint, OPTIONS, async ({ query }) => {
    let rows: readonly Readonly<Record<string, unknown>>[] = [];
    for (const sql of statements) rows = await query(sql);
    return rows;
  });
}

/** Brings the target up with the role of the test server; the password comes from the environment. */
async function withExisting(
  { endpoint }: TestPostgres,
  raw: Readonly<Record<string, unknown>>,
  body: (handle: TargetHandle) => Promise<void> = async () => {},
): Promise<readonly string[]> {
  const { host, port } = endpoint.hosts[0]!;
  const { PGPASSWORD: before } = process.env;
  process.env["PGPASSWORD"] = endpoint.password!.reveal();
  try {
    return await withPartContext(async ({ context, said, openEntries }) => {
      const dsn = `postgresql://${endpoint.user}@${host}:${port}/${endpoint.database}`;
      const target = existing.open(existingOptions.parse({ dsn, ...raw }), context);
      const run = () => body(target.handle());
      await withSteps(target.steps, run, { signal, downBudgetMs: 10_000 });
      expect(openEntries()).toEqual([]);
      return said;
    });
  } finally {
    if (before === undefined) delete process.env["PGPASSWORD"];
    else process.env["PGPASSWORD"] = before;
  }
}

test.each([15, 18])(
  "on PostgreSQL %i a role with pg_monitor and its own database is enough, twice over",
  async (version) => {
    await withPostgres(
      async (server) => {
        await as(server.adminEndpoint, "grant pg_monitor to pgdyno");
        const said = await withExisting(server, {}, async (handle) => {
          const { server: facts, machine } = await handle.facts(signal);
          expect(facts.missingPrivileges).toEqual([]);
          expect(Math.floor(facts.versionNumber / 10_000)).toBe(version);
          expect(facts.settings["data_directory"]?.value).toBe(server.dataDirectory);
          expect(JSON.stringify(facts)).not.toContain("hush");
          expect(facts.settings["archive_command"]?.value).toBe("(set, not recorded)");
          // It runs on this very machine, so its process is found and the machine described.
          expect(handle.instances[0]).toMatchObject({
            postmasterPid: server.postmasterPid,
            dataDirectory: server.dataDirectory,
          });
          expect(machine?.sharedWithLoad).toBe(true);
          expect(await handle.checkpoint(signal)).toBe(false);
          expect(await handle.keepData(signal)).toBe(false);
          await as(handle.loadEndpoint, "create table big as select generate_series(1, 1000) as i");
        });
        expect(said).toEqual([]);
        // The marker lets the next run in, whatever the last one left.
        await withExisting(server, {});
        expect(await as(server.adminEndpoint, "select count(*)::int as n from big")).toEqual([
          { n: 1000 },
        ]);
      },
      { version, parameters: { archive_mode: "on", archive_command: "test -n hush" } },
    );
  },
);

test("says what a role without pg_monitor cannot see", async () => {
  await withPostgres(async (server) => {
    const said = await withExisting(server, {}, async (handle) => {
      const { missingPrivileges } = (await handle.facts(signal)).server;
      expect(missingPrivileges).toHaveLength(3);
    });
    expect(said[0]).toMatch(/^Role pgdyno is not in pg_read_all_stats: .*gaps\.$/);
  });
});

test("leaves a database with tables and without the marker untouched", async () => {
  await withPostgres(async (server) => {
    await as(server.endpoint, "create table accounts (id int)", 'create table "Odd" (id int)');
    await expect(withExisting(server, { production: "i-know" })).rejects.toMatchObject({
      code: "TARGET_NOT_OURS",
      message: expect.stringMatching(/holds 2 tables \(.*accounts.*\) and does not bear/) as string,
    });
    expect(
      await as(
        server.adminEndpoint,
        "select to_regnamespace('pgdyno_marker') is null as untouched",
      ),
    ).toEqual([{ untouched: true }]);
    // What only an extension brought is nobody's data.
    await as(server.endpoint, 'drop table accounts, "Odd"');
    await as(server.adminEndpoint, "create extension pg_stat_statements");
    await withExisting(server, {});
  });
});

test("stops where others are at work, and goes on with a warning when told to", async () => {
  await withPostgres(async (server) => {
    await as(server.adminEndpoint, "grant pg_monitor to pgdyno", "create database shop");
    const customer = await openConnection({ ...server.adminEndpoint, database: "shop" }, OPTIONS);
    const stop = new AbortController();
    const busy = (async () => {
      while (!stop.signal.aborted) await customer.query("select pg_sleep(0.02)");
    })();
    try {
      await expect(withExisting(server, {})).rejects.toMatchObject({
        code: "TARGET_LOOKS_LIKE_PRODUCTION",
        message: expect.stringMatching(/1 session of others is active/) as string,
      });
      const said = await withExisting(server, { production: "i-know" });
      expect(said).toEqual([expect.stringMatching(/^Goes on although .* looks like production/)]);
    } finally {
      stop.abort();
      await busy;
      await customer.close();
    }
  });
});

test("sees who follows it, slots in use and recent archiving", async ({ skip }) => {
  const parameters = { archive_mode: "on", archive_command: "true" };
  await withPostgres(
    async (server) => {
      const { binDirectory, adminEndpoint } = server;
      const receiver = path.join(binDirectory, "pg_receivewal");
      if (!existsSync(receiver)) skip("there is no pg_receivewal beside the server");
      const folder = await mkdtemp("/tmp/pgdyno-wal-");
      await as(
        adminEndpoint,
        "grant pg_monitor to pgdyno",
        "select pg_create_physical_replication_slot('standby', true)",
        "select pg_switch_wal()",
      );
      const { host, port } = adminEndpoint.hosts[0]!;
      const place = [`--host=${host}`, `--port=${port}`, "--username=postgres"];
      const standby = spawn(receiver, [`--directory=${folder}`, "--slot=standby", ...place], {
        env: { PGPASSWORD: adminEndpoint.password!.reveal() },
        stdio: "ignore",
      });
      try {
        await expect
          .poll(() =>
            as(
              adminEndpoint,
              `select archived_count > 0 and (select bool_or(active) from pg_replication_slots) as yes
                 from pg_stat_archiver`,
            ),
          )
          .toEqual([{ yes: true }]);
        await expect(withExisting(server, {})).rejects.toThrow(
          /production: 1 replica follows it; 1 replication slot is in use; it archived WAL .* ago\.$/,
        );
      } finally {
        standby.kill("SIGKILL");
        await once(standby, "exit");
        await rm(folder, { recursive: true });
      }
    },
    { version: 15, parameters },
  );
});

test("probes go where `monitorDsn` leads, and it must be the database that is loaded", async () => {
  await withPostgres(async (server) => {
    await as(server.adminEndpoint, "grant pg_monitor to pgdyno", "create role watcher login");
    const { host, port } = server.endpoint.hosts[0]!;
    const place = `postgresql://pgdyno@${host}:${port}`;
    // A pooler calls a database what it likes; the way past it has the database's own name.
    await withExisting(server, { monitorDsn: `${place}/pgdyno` }, async ({ instances }) => {
      expect(instances[0]!.monitorEndpoint.database).toBe("pgdyno");
    });
    await withExisting(server, { monitorDsn: place }, async ({ instances }) => {
      expect(instances[0]!.monitorEndpoint.database).toBe("pgdyno");
    });
    await expect(withExisting(server, { monitorDsn: `${place}/postgres` })).rejects.toMatchObject({
      code: "DATABASES_DIFFER",
      hint: "Statistics of tables are seen only from within their database: have `monitorDsn` name `dbname=pgdyno`.",
    });
  });
});

test("says which privilege lacks where the database cannot be marked", async () => {
  await withPostgres(async (server) => {
    await as(server.adminEndpoint, "alter database pgdyno owner to postgres");
    await expect(withExisting(server, {})).rejects.toMatchObject({
      code: "PRIVILEGE_MISSING",
      hint: 'As its owner or a superuser: `alter database "pgdyno" owner to "pgdyno"`.',
    });
  });
});

test("says why a server cannot be reached, without the password", async () => {
  await withPostgres(async (server) => {
    const { port } = server.endpoint.hosts[0]!;
    const faults = [
      `postgresql://pgdyno:wr0ng@127.0.0.1:${port}/pgdyno`,
      `postgresql://pgdyno@127.0.0.1:${port}/nosuch`,
      `postgresql://pgdyno@127.0.0.1:${port}/pgdyno?sslmode=verify-full`,
      `postgresql://pgdyno@127.0.0.1:1/pgdyno`,
    ];
    const messages: string[] = [];
    for (const dsn of faults) {
      const error = await withExisting(server, { dsn }).catch((error: Error) => error);
      messages.push((error as Error).message.replaceAll(String(port), "<port>"));
    }
    expect(messages).toMatchInlineSnapshot(`
      [
        "pgdyno@127.0.0.1:<port>/pgdyno cannot be reached: 127.0.0.1:<port>: password authentication failed for user "pgdyno"",
        "pgdyno@127.0.0.1:<port>/nosuch cannot be reached: 127.0.0.1:<port>: database "nosuch" does not exist",
        "pgdyno@127.0.0.1:<port>/pgdyno cannot be reached: 127.0.0.1:<port>: the server does not support SSL, but SSL was required by \`sslmode\`",
        "pgdyno@127.0.0.1:1/pgdyno cannot be reached: 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1",
      ]
    `);
  });
});
