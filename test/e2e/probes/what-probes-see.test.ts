import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { chown, mkdtemp, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { MonitorConnection, Probe, ProbeSample } from "../../../src/contracts/probe.ts";
import { localHost } from "../../../src/hosts/local-host.ts";
import type { Endpoint } from "../../../src/lib/endpoint.ts";
import { postgresProcessKind } from "../../../src/lib/proc-postgres-title.ts";
import { cgroup } from "../../../src/probes/cgroup.ts";
import { pgActivity } from "../../../src/probes/pg-activity.ts";
import { pgArchiver } from "../../../src/probes/pg-archiver.ts";
import { pgBlocking } from "../../../src/probes/pg-blocking.ts";
import { pgLocks } from "../../../src/probes/pg-locks.ts";
import { pgRecovery } from "../../../src/probes/pg-recovery.ts";
import { pgReplication } from "../../../src/probes/pg-replication.ts";
import { pgServer } from "../../../src/probes/pg-server.ts";
import { pgSlots } from "../../../src/probes/pg-slots.ts";
import { pgStatements } from "../../../src/probes/pg-statements.ts";
import { pgTables } from "../../../src/probes/pg-tables.ts";
import { pgWaits } from "../../../src/probes/pg-waits.ts";
import { pgWalReceiver } from "../../../src/probes/pg-wal-receiver.ts";
import { postgresProcesses } from "../../../src/probes/postgres-processes.ts";
import { type TestPostgres, withPostgres } from "../../support/postgres.ts";
import {
  asClient,
  asMonitor,
  instanceOf,
  keyed,
  loadProbes,
  plain,
  readProbe,
} from "./all-probes.ts";
import { skipUnless } from "../../support/skips.ts";

const versions = [15, 18];
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Reads until the sample shows what is waited for. */
async function readUntil(
  read: () => Promise<ProbeSample>,
  shows: (sample: ProbeSample) => boolean,
): Promise<ProbeSample> {
  for (let tries = 0; ; tries += 1) {
    const sample = await read();
    if (shows(sample) || tries === 100) return sample;
    await sleep(100);
  }
}

for (const version of versions) {
  test(`a session that blocks another is told from its victim on PostgreSQL ${version}`, async () => {
    await withPostgres(
      async (server) => {
        const { endpoint, adminEndpoint } = server;
        const read = async (connection: MonitorConnection, probe: Probe) =>
          (await readProbe(probe, connection, server, 1)).samples[0]!;
        await asClient(adminEndpoint, async (query) => {
          await query("grant pg_monitor to pgdyno");
          await query("create table hot as select 1 as id, 'secret' as v");
        });
        await asClient(adminEndpoint, async (block) => {
          await block("begin; update hot set v = 'hunter2' where id = 1");
          const [row] = await block("select pg_backend_pid() as pid");
          const blocker = String(row!["pid"]);
          await asClient(endpoint, async () =>
            asClient(adminEndpoint, async (wait) => {
              const victim = wait("update hot set v = 'hunter3' where id = 1");
              await asMonitor(endpoint, async (connection) => {
                await readUntil(
                  () => read(connection, pgLocks),
                  (sample) => (plain(sample)["maxWaitMs"] ?? 0) > 200,
                );
                expect(plain(await read(connection, pgLocks))).toMatchObject({
                  waiting: 1,
                  waitingTransactionId: 1,
                  waitingRelation: 0,
                  waitingOther: 0,
                });
                const blocking = await read(connection, pgBlocking);
                expect(keyed(blocking)[blocker]).toMatchObject({
                  blocked: 1,
                  isIdleInTransaction: 1,
                });
                expect(Object.keys(keyed(blocking))).toEqual([blocker]);
                expect(JSON.stringify(blocking)).not.toMatch(/hunter|secret/);
                const waits = keyed(await read(connection, pgWaits));
                expect(waits).toMatchObject({
                  "Lock:transactionid": { sessions: 1 },
                  "idle in transaction:ClientRead": { sessions: 1 },
                  "idle:ClientRead": { sessions: 1 },
                });
                expect(Object.keys(waits).some((key) => key.startsWith("checkpointer/"))).toBe(
                  true,
                );
                // The monitor's own session is the fourth, and is not counted.
                expect(plain(await read(connection, pgActivity))).toMatchObject({
                  sessions: 3,
                  active: 1,
                  idle: 1,
                  idleInTransaction: 1,
                  connections: 4,
                });
              });
              await block("rollback");
              await victim;
              // A size would wait behind a lock that shuts all others out; it reads as no answer.
              await block("begin; lock table hot in access exclusive mode");
              const tables = await asMonitor(endpoint, (connection) => read(connection, pgTables));
              expect(keyed(tables)["public.hot"]).toMatchObject({
                tableBytes: null,
                indexBytes: null,
                rowsUpdated: expect.any(Number),
              });
            }),
          );
        });
      },
      { version },
    );
  });

  test(`kinds of processes bear the names of pg_stat_activity on PostgreSQL ${version}`, async () => {
    await withPostgres(
      async ({ adminEndpoint, ...server }) => {
        await asClient(adminEndpoint, async (query) => {
          const rows = await query("select pid, backend_type from pg_stat_activity");
          expect(rows.length).toBeGreaterThanOrEqual(6);
          for (const { pid, backend_type: type } of rows) {
            const title = readFileSync(`/proc/${String(pid)}/cmdline`, "utf8");
            expect([title, postgresProcessKind(title)]).toEqual([title, type]);
          }
        });
        await asMonitor(adminEndpoint, async (connection) => {
          const before = await readProbe(
            postgresProcesses,
            connection,
            { adminEndpoint, ...server },
            1,
          );
          expect(keyed(before.samples[0])["client backend"]).toMatchObject({ processes: 1 });
          expect(keyed(before.samples[0])["checkpointer"]).toMatchObject({ processes: 1 });
        });
      },
      { version, parameters: { archive_mode: "on", cluster_name: "a cluster" } },
    );
  });
}

test("CPU of ended sessions stays in the sum of all processes", async () => {
  await withPostgres(async (server) => {
    const { adminEndpoint } = server;
    await asMonitor(adminEndpoint, async (connection) => {
      const session = (await postgresProcesses.open({
        connection,
        host: localHost(),
        instance: instanceOf(server),
        missing: () => undefined,
      }))!;
      const cpuMs = async () =>
        keyed(await session.read(AbortSignal.timeout(5000)))["all"]!["cpuMs"]!;
      const before = await cpuMs();
      await asClient(adminEndpoint, (query) =>
        query("select count(*) from generate_series(1, 3000000)"),
      );
      await sleep(300);
      expect((await cpuMs()) - before).toBeGreaterThanOrEqual(50);
    });
  });
});

test("an archiver that fails and a segment that waits are seen", async () => {
  await withPostgres(
    async (server) => {
      await asMonitor(server.adminEndpoint, async (connection) => {
        await asClient(server.adminEndpoint, (query) =>
          query("select pg_switch_wal() from (select pg_logical_emit_message(false, 'a', 'b')) x"),
        );
        // Neither a history file nor a backup label is a segment.
        writeFileSync(
          join(server.dataDirectory, "pg_wal/archive_status/00000002.history.ready"),
          "",
        );
        const sample = await readUntil(
          async () => (await readProbe(pgArchiver, connection, server, 1)).samples[0]!,
          (sample) => (plain(sample)["failed"] ?? 0) > 0,
        );
        expect(plain(sample)).toMatchObject({
          archived: 0,
          archivedLsnBytes: null,
          lastArchivedAgeMs: null,
          isFailing: 1,
          ready: 1,
          done: 0,
        });
        expect(plain(sample)["oldestReadyAgeMs"]).toBeGreaterThan(0);
        expect(plain(sample)["lastFailedAgeMs"]).toBeLessThan(60_000);
      });
    },
    { parameters: { archive_mode: "on", archive_command: "/bin/false" } },
  );
});

test("the archive reaches to the end of the last archived segment", async () => {
  await withPostgres(
    async (server) => {
      await asClient(server.adminEndpoint, async (query) => {
        await query("create table t as select generate_series(1, 1000)");
        const [row] = await query("select pg_switch_wal() - '0/0' as end");
        const end = Number(row!["end"]);
        await asMonitor(server.adminEndpoint, async (connection) => {
          const sample = await readUntil(
            async () => (await readProbe(pgArchiver, connection, server, 1)).samples[0]!,
            (sample) => (plain(sample)["archived"] ?? 0) > 0,
          );
          const segment = 16 * 1024 ** 2;
          expect(plain(sample)["archivedLsnBytes"]).toBe(Math.ceil(end / segment) * segment);
        });
      });
    },
    { parameters: { archive_mode: "on", archive_command: "/bin/true" } },
  );
});

test("the statements of the load come first, their texts without literals", async () => {
  await withPostgres(
    async (server) => {
      await asClient(server.adminEndpoint, (query) => query("create extension pg_stat_statements"));
      await asMonitor(server.adminEndpoint, async (connection) => {
        const session = (await pgStatements.open({
          connection,
          host: localHost(),
          instance: instanceOf(server),
          missing: () => undefined,
        }))!;
        await asClient(server.adminEndpoint, (query) =>
          query("select 'hunter2', count(*) from generate_series(1, 500000) as load"),
        );
        const sample = await session.read(AbortSignal.timeout(5000));
        const [first] = Object.keys(keyed(sample)).filter(
          (key) => keyed(sample)[key]!["totalMs"]! > 20,
        );
        const labels = "labels" in sample ? sample.labels : {};
        expect(labels?.[first!]?.["query"]).toMatch(
          /^select \$1, count\(\*\) from generate_series/,
        );
        expect(keyed(sample)[first!]).toMatchObject({ calls: 1, rows: 1 });
        const second = await session.read(AbortSignal.timeout(5000));
        expect(keyed(second)[first!]).toMatchObject({ calls: 1 });
      });
    },
    { parameters: { shared_preload_libraries: "pg_stat_statements" } },
  );
});

test("a standby is seen from both sides, and a paused replay as paused", async () => {
  await withPostgres(
    async (primary) => {
      await asClient(primary.adminEndpoint, (query) =>
        query("select pg_create_physical_replication_slot('standby', true)"),
      );
      await withStandby(primary, async (standby) => {
        const read = async (server: TestPostgres, probe: Probe) =>
          asMonitor(
            server.adminEndpoint,
            async (connection) => (await readProbe(probe, connection, server, 1)).samples[0]!,
          );
        await readUntil(
          () => read(primary, pgReplication),
          (sample) => Object.values(keyed(sample)).some(({ isStreaming }) => isStreaming === 1),
        );
        expect(plain(await read(standby, pgRecovery))).toMatchObject({
          isInRecovery: 1,
          pauseState: 0,
          conflictLock: 0,
        });
        await asClient(standby.adminEndpoint, (query) => query("select pg_wal_replay_pause()"));
        await asClient(primary.adminEndpoint, (query) =>
          query("create table t as select generate_series(1, 10000)"),
        );
        const paused = await readUntil(
          () => read(standby, pgRecovery),
          (sample) => plain(sample)["pauseState"] === 2,
        );
        expect(plain(paused)["pauseState"]).toBe(2);
        const seen = await readUntil(
          () => read(primary, pgReplication),
          (sample) => Object.values(keyed(sample))[0]?.["flushLagBytes"] === 0,
        );
        const [[key, standbyReadings]] = Object.entries(keyed(seen)) as [
          [string, Record<string, number | null>],
        ];
        expect(key).toMatch(/^walreceiver\/\d+$/);
        expect(standbyReadings).toMatchObject({ isStreaming: 1, isSync: 0, flushLagBytes: 0 });
        expect(standbyReadings["replayLagBytes"]).toBeGreaterThan(100_000);
        const slot = keyed(await read(primary, pgSlots))["standby"];
        expect(slot).toMatchObject({ isActive: 1, walStatus: 0, safeWalBytes: null });
        const receiver = plain(await read(standby, pgWalReceiver));
        expect(receiver).toMatchObject({ isRunning: 1, isStreaming: 1, timeline: 1 });
        expect(plain(await read(standby, pgServer))).toMatchObject({
          isInRecovery: 1,
          timeline: 1,
        });
        expect(keyed(await read(standby, pgWaits))).toMatchObject({
          "startup/IPC:RecoveryPause": { sessions: 1 },
        });
        for (const probe of await loadProbes()) {
          if (probe.scope === "instance") await read(standby, probe); // None fails in recovery.
        }
      });
    },
    { version: 15, parameters: { wal_level: "replica", max_wal_senders: "4" } },
  );
});

async function withStandby(
  primary: TestPostgres,
  work: (standby: TestPostgres) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp("/tmp/pgdyno-standby-");
  const { uid, gid } = await stat(primary.dataDirectory);
  await chown(directory, uid, gid);
  const dataDirectory = join(directory, "data");
  const { password, ...admin } = primary.adminEndpoint;
  const port = String(admin.hosts[0]!.port);
  const user = process.getuid?.() === 0 ? { uid, gid } : {};
  const passwordFile = join(directory, "pgpass");
  writeFileSync(passwordFile, `*:*:*:*:${password!.reveal()}\n`, { mode: 0o600 });
  await chown(passwordFile, uid, gid);
  const env = { LC_ALL: "C", PGPASSFILE: passwordFile };
  const copied = spawnSync(
    join(primary.binDirectory, "pg_basebackup"),
    [
      "-h",
      "127.0.0.1",
      "-p",
      port,
      "-U",
      admin.user,
      "-D",
      dataDirectory,
      "-R",
      "-S",
      "standby",
      "-c",
      "fast",
    ],
    { ...user, env, encoding: "utf8", cwd: "/" },
  );
  expect(copied.stderr).toBe("");
  const standbyPort = Number(port) + 1;
  const server = spawn(
    join(primary.binDirectory, "postgres"),
    [
      "-D",
      dataDirectory,
      `--port=${standbyPort}`,
      "--listen_addresses=127.0.0.1",
      `--unix_socket_directories=${directory}`,
    ],
    { ...user, env, stdio: "ignore", cwd: "/" },
  );
  const exited = once(server, "exit");
  try {
    const hosts = [{ host: "127.0.0.1", port: standbyPort }];
    const at = (endpoint: Endpoint): Endpoint => ({ ...endpoint, hosts });
    await untilAnswers(at(primary.adminEndpoint));
    await work({
      ...primary,
      dataDirectory,
      endpoint: at(primary.endpoint),
      adminEndpoint: at(primary.adminEndpoint),
      postmasterPid: server.pid!,
    });
  } finally {
    server.kill("SIGQUIT");
    await exited;
    await rm(directory, { recursive: true, force: true });
  }
}

async function untilAnswers(endpoint: Endpoint): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await asClient(endpoint, async (query) => void (await query("select 1")));
    } catch (error) {
      if (tries === 100) throw error;
      await sleep(100);
    }
  }
}

const CPU_V1 = "/sys/fs/cgroup/cpu";
const mayLimit = process.getuid?.() === 0 && existsSync(`${CPU_V1}/cpu.cfs_quota_us`);

skipUnless(mayLimit, "only root limits a process's CPU, by cgroup v1 in this test")(
  "a CPU quota that holds one process up is seen",
  async () => {
    await withPostgres(async (server) => {
      const group = `${CPU_V1}/pgdyno-test-${process.pid}`;
      mkdirSync(group);
      try {
        writeFileSync(`${group}/cpu.cfs_period_us`, "100000");
        writeFileSync(`${group}/cpu.cfs_quota_us`, "10000");
        await asClient(server.adminEndpoint, async (query) => {
          const [row] = await query("select pg_backend_pid() as pid");
          writeFileSync(`${group}/cgroup.procs`, String(row!["pid"]));
          await query("select count(*) from generate_series(1, 400000)");
          await asMonitor(server.adminEndpoint, async (connection) => {
            const { samples } = await readProbe(cgroup, connection, server, 1);
            const readings = keyed(samples[0]);
            expect(readings["postgres"]).toMatchObject({ quotaCores: null });
            expect(readings["postgres/client backend"]).toMatchObject({ quotaCores: 0.1 });
            expect(readings["postgres/client backend"]!["throttledPeriods"]).toBeGreaterThan(0);
            expect(readings["postgres/client backend"]!["throttledMs"]).toBeGreaterThan(10);
          });
        });
        await sleep(200);
      } finally {
        await sleep(200);
        rmdirSync(group);
      }
    });
  },
);
