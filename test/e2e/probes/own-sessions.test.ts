import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { openMonitor } from "../../../src/cli/open-monitor.ts";
import type { Probe, ProbeSample } from "../../../src/contracts/probe.ts";
import type { MonitorSession } from "../../../src/sampling/monitor-session.ts";
import type { Endpoint } from "../../../src/lib/endpoint.ts";
import { tellLoggedQuestions } from "../../../src/lib/logged-questions.ts";
import { openConnection } from "../../../src/lib/pg-connection.ts";
import { readPostgresqlFacts } from "../../../src/lib/postgresql-facts.ts";
import { type TestPostgres, withPostgres } from "../../support/postgres.ts";
import { killAndRestart } from "../../support/restart-postgres.ts";
import { instanceOf, loadProbes, readProbe } from "./all-probes.ts";

/** What an owner may have set, and what would spoil a question: `[name, value, since, until]`. */
const HOSTILE: readonly (readonly [string, string, number?, number?])[] = [
  ["jit", "on"],
  ["jit_above_cost", "0"],
  ["jit_inline_above_cost", "0"],
  ["jit_optimize_above_cost", "0"],
  ["force_parallel_mode", "on", 13, 15],
  ["debug_parallel_query", "on", 16],
  ["max_parallel_workers_per_gather", "4"],
  ["parallel_setup_cost", "0"],
  ["parallel_tuple_cost", "0"],
  ["min_parallel_table_scan_size", "0"],
  ["plan_cache_mode", "force_custom_plan"],
  ["search_path", "evil, pg_catalog"],
  ["default_transaction_isolation", "serializable"],
  ["default_transaction_deferrable", "on"],
  ["default_transaction_read_only", "on"],
  ["row_security", "off"],
  ["datestyle", "German"],
  ["intervalstyle", "sql_standard"],
  ["timezone", "Asia/Kathmandu"],
  ["bytea_output", "escape"],
  ["extra_float_digits", "-15"],
  ["standard_conforming_strings", "off"],
  ["quote_all_identifiers", "on"],
  ["transform_null_equals", "on"],
  ["statement_timeout", "100ms"],
  ["lock_timeout", "1ms"],
  ["idle_in_transaction_session_timeout", "100ms"],
  ["idle_session_timeout", "300ms", 14],
  ["transaction_timeout", "100ms", 17],
  ["stats_fetch_consistency", "snapshot", 15],
  ["work_mem", "64kB"],
  ["exit_on_error", "on"],
  ["client_min_messages", "debug5"],
  ["pg_stat_statements.track_utility", "on"],
];

const PARAMETERS = {
  shared_preload_libraries: "pg_stat_statements",
  archive_mode: "on",
  archive_command: "/bin/true",
};

/** An operator and functions that lie, and relations that are empty, under the names of PostgreSQL's own. */
const EVIL = `
  create schema evil; grant usage on schema evil to public;
  create function evil.set_config(text, text, boolean) returns text language sql as $$ select 'lie' $$;
  create function evil.pg_backend_pid() returns int language sql as $$ select -1 $$;
  create function evil.current_setting(text) returns text language sql as $$ select 'lie' $$;
  create function evil.pg_has_role(text, text) returns boolean language sql as $$ select false $$;
  create function evil.lie(text, text) returns boolean language sql as $$ select false $$;
  create operator evil.= (leftarg = text, rightarg = text, function = evil.lie);
  create table evil.pg_stat_database (datname name, xact_commit bigint);
  create table evil.pg_settings (name text, setting text, context text);
  create table evil.pg_class (oid oid, relname name); create table evil.pg_proc (proname name);
  create table evil.pg_stat_bgwriter (); create table evil.pg_stat_activity (); create table evil.pg_roles ();
  grant select on all tables in schema evil to public;`;

async function as(endpoint: Endpoint, ...statements: readonly string[]): Promise<void> {
  const options = { applicationName: "psql", timeoutMs: 20_000, lockTimeoutMs: 0 };
  const { query, close } = await openConnection(endpoint, options);
  for (const sql of statements) await query(sql);
  await close();
}

/** Like the program: a session on the server for which probes are opened. */
async function asObserver<T>(
  server: TestPostgres,
  work: (connection: MonitorSession) => Promise<T>,
): Promise<T> {
  const connection = await openMonitor(instanceOf(server));
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

/** Numbers move; what must not is what was read at all, and under which names. */
async function shapeOf(server: TestPostgres): Promise<Readonly<Record<string, unknown>>> {
  const probes = (await loadProbes()).filter(({ scope }) => scope === "instance");
  return asObserver(server, async (connection) => {
    const shapes: Record<string, unknown> = {};
    for (const probe of probes) {
      const { missing, samples } = await readProbe(probe, connection, server, 2);
      shapes[probe.id] = { missing, reads: samples.map((sample) => shapeOfSample(probe, sample)) };
    }
    return shapes;
  });
}

/** Keys that come and go by themselves: processes, statements, waits, and who happened to do I/O. */
const RESTLESS = /^pg-(?:waits|statements|blocking|progress-vacuum|io)$/;

function shapeOfSample(probe: Probe, sample: ProbeSample): unknown {
  const kinds = (readings: Readonly<Record<string, number | null>>) =>
    Object.entries(readings).map(
      ([name, value]) => `${name}:${value === null ? "null" : "number"}`,
    );
  if ("v" in sample) return kinds(sample.v);
  if (RESTLESS.test(probe.id)) return Object.keys(sample.k).length > 0;
  return [
    sample.labels,
    ...Object.entries(sample.k).map(([key, readings]) => [key, kinds(readings)]),
  ];
}

const PLACES = [
  ["the role", (set: string) => `alter role pgdyno set ${set}`],
  ["the database", (set: string) => `alter database pgdyno set ${set}`],
  ["everybody", (set: string) => `alter system set ${set}`],
] as const;

for (const version of [15, 18]) {
  const hostile = HOSTILE.filter(
    ([, , since = 13, until = 99]) => since <= version && version <= until,
  );

  for (const [place, statement] of PLACES) {
    test(`what an owner of PostgreSQL ${version} set for ${place} changes nothing that is read, nor what it costs`, async () => {
      await withPostgres(
        async (server) => {
          const { adminEndpoint } = server;
          await as(
            adminEndpoint,
            "grant pg_monitor to pgdyno",
            "create extension pg_stat_statements",
            "create table accounts as select i as id, 'x' as v from generate_series(1, 1000) as i",
            "select pg_create_physical_replication_slot('one', true)",
            EVIL,
          );
          const plain = await shapeOf(server);
          expect(Object.keys(plain).length).toBeGreaterThan(15);
          const before = await settingsSeen(server);
          await as(
            adminEndpoint,
            ...hostile.map(([name, value]) =>
              statement(`${name} = ${name === "search_path" ? value : `'${value}'`}`),
            ),
            "select pg_reload_conf()",
            "select public.pg_stat_statements_reset()",
          );
          await untilItIsSet(server);
          expect(await shapeOf(server)).toEqual(plain);
          // The record has the server's settings, and not the observer's own.
          const after = await settingsSeen(server);
          expect(after).toMatchObject({
            jit_above_cost: "0",
            work_mem: "64",
            plan_cache_mode: "force_custom_plan",
          });
          expect(before).toMatchObject({ work_mem: "4096", statement_timeout: "0", jit: "on" });
          await expectPatience(server);
          expect(await costOf(server, version)).toEqual({
            utility: [
              expect.stringMatching(/^set local jit/),
              expect.stringMatching(/^set local search_path/),
              expect.stringMatching(/^set local statement_timeout/),
              ...(version >= 17 ? [expect.stringMatching(/^set local transaction_timeout/)] : []),
              expect.stringMatching(/^set transaction isolation level/),
            ],
            jit: 0,
            workers: 0,
          });
        },
        { version, parameters: PARAMETERS },
      );
    });
  }
}

async function settingsSeen(server: TestPostgres): Promise<Readonly<Record<string, string>>> {
  const watching = {
    applicationName: "pgdyno monitor",
    purpose: "watch",
    timeoutMs: 2000,
  } as const;
  const connection = await openConnection(server.endpoint, watching);
  const { settings } = await readPostgresqlFacts(connection);
  await connection.close();
  return Object.fromEntries(Object.entries(settings).map(([name, { value }]) => [name, value]));
}

/** A reload is not instant: until a fresh session of the role has what was asked for. */
async function untilItIsSet(server: TestPostgres): Promise<void> {
  const asked = { jit_above_cost: "0", work_mem: "64", search_path: "evil, pg_catalog" };
  await expect.poll(() => settingsSeen(server), { timeout: 30_000 }).toMatchObject(asked);
}

/** Slow questions, long pauses and odd formats: a session of ours takes them as ever. */
async function expectPatience(server: TestPostgres): Promise<void> {
  await asObserver(server, async ({ query }) => {
    await query("select pg_sleep(0.4)");
    await new Promise((resolve) => setTimeout(resolve, 700));
    await expect(query("select 1/0")).rejects.toThrow("division by zero");
    const [row] = await query(
      `select timestamptz '2025-02-03 04:05:06+00' as at, interval '26:00' as span, '\\xff'::bytea as bytes,
              0.1::float8 + 0.2::float8 as sum, '\\d' as text, format('%I', 'plain') as name`,
    );
    expect(row).toEqual({
      at: new Date("2025-02-03T04:05:06Z"),
      span: { hours: 26 },
      bytes: Buffer.from([0xff]),
      sum: 0.30000000000000004,
      text: "\\d",
      name: "plain",
    });
    await expect(query("create table ours ()")).rejects.toThrow("read-only transaction");
  });
}

/** What the observer's role has run since the last reset, in PostgreSQL's own books. */
async function costOf({ adminEndpoint }: TestPostgres, version: number): Promise<unknown> {
  const options = { applicationName: "psql", timeoutMs: 20_000 };
  const connection = await openConnection(adminEndpoint, options);
  const workers = version >= 18 ? "sum(parallel_workers_launched)" : "0";
  const [row] = await connection.query(
    `select array_agg(query order by query) filter (where query not like '%select%') as utility,
            sum(jit_functions)::int as jit, ${workers}::int as workers
       from public.pg_stat_statements where userid = 'pgdyno'::regrole and query not ilike '%reset_val operator%'`,
  );
  await connection.close();
  return row;
}

test("a standby whose owner asks for serializable transactions is watched", async () => {
  await withPostgres(
    async (server) => {
      await as(
        server.adminEndpoint,
        "grant pg_monitor to pgdyno",
        "alter system set default_transaction_isolation = 'serializable'",
      );
      await writeFile(path.join(server.dataDirectory, "standby.signal"), "");
      const { stop } = await killAndRestart(server, 1500);
      try {
        const isStandby = () =>
          asObserver(server, ({ query }) => query("select pg_is_in_recovery() as standby"));
        await expect
          .poll(() => isStandby().catch((error: Error) => error.message), { timeout: 30_000 })
          .toEqual([{ standby: true }]);
      } finally {
        stop();
      }
    },
    { version: 15 },
  );
});

test("an event trigger on login cannot turn a session of ours", async () => {
  await withPostgres(async (server) => {
    await as(
      server.adminEndpoint,
      "grant pg_monitor to pgdyno",
      EVIL,
      `create function public.at_login() returns event_trigger language plpgsql as $$ begin
         perform pg_catalog.set_config('statement_timeout', '50', false);
         perform pg_catalog.set_config('search_path', 'evil, pg_catalog', false);
       end $$`,
      "create event trigger at_login on login execute function public.at_login()",
      "alter event trigger at_login enable always",
    );
    await asObserver(server, async ({ query }) => {
      await query("select pg_sleep(0.2)");
      expect(await query("select current_setting('search_path') as path")).toEqual([
        { path: "pg_catalog, pg_temp" },
      ]);
    });
  });
});

test("the owner's log is spared where the role may spare it, and told where not", async () => {
  await withPostgres(
    async (server) => {
      const { endpoint, adminEndpoint, logFile } = server;
      await as(adminEndpoint, "grant pg_monitor to pgdyno");
      const asked = async (one: Endpoint, word: string) => {
        const watching = {
          applicationName: "pgdyno monitor",
          purpose: "watch",
          timeoutMs: 2000,
        } as const;
        const connection = await openConnection(one, watching);
        const told = await tellLoggedQuestions(connection, one.user);
        await connection.query(`select '${word}' as word`);
        await connection.close();
        return { told, isLogged: (await readFile(logFile, "utf8")).includes(word) };
      };
      expect(await asked(adminEndpoint, "albatross")).toEqual({ told: null, isLogged: false });
      const plain = await asked(endpoint, "bittern");
      expect(plain.isLogged).toBe(true);
      expect(plain.told).toMatchInlineSnapshot(
        `"The server logs the observer's queries too, more than ten a second (log_min_duration_statement = 0, log_statement = all). To keep them out of its log, as a superuser: \`alter role "pgdyno" set log_min_duration_statement = '-1'\`; \`alter role "pgdyno" set log_statement = 'none'\`."`,
      );
      await as(
        adminEndpoint,
        ...[...plain.told!.matchAll(/`(alter role [^`]+)`/g)].map(([, statement]) => statement!),
      );
      expect(await asked(endpoint, "cormorant")).toEqual({ told: null, isLogged: false });
    },
    { version: 15, parameters: { log_statement: "all", log_min_duration_statement: "0" } },
  );
});
