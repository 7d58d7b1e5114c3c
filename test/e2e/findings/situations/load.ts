import { availableParallelism } from "node:os";
import type { Situation } from "../situation.ts";
import { sleep, until } from "../stage.ts";
import { limitCpu, limitWrites, serverOf } from "../throttle.ts";

const COMMITS = ["commit-latency", "wal-device-limited"];
/** One row changed per transaction, all over a table: no queues for rows. */
const SCATTERED =
  "\\set i random(1, 1000000)\nupdate pgbench_accounts set abalance = 1 where aid = :i;";
const BULK =
  "insert into junk select md5(i::text) || md5(i::text) from generate_series(1, 2000) i;";

/** Work of the client alone, then a statement that costs the server next to nothing. */
const sums = (count: number) =>
  Array.from({ length: count }, (_, i) => `\\set x${i % 9} random(1, 1000000) * ${i} / 7\n`).join(
    "",
  ) + "select 1;";

export const load: readonly Situation[] = [
  {
    id: "full-cpu",
    title: "more clients than cores, reads from memory",
    cause: "cpu-saturated",
    also: ["noisy-neighbour"],
    not: ["reads-from-os-cache", "reads-from-device", "connection-churn", "row-contention"],
    async play(stage) {
      const primary = await stage.primary({ parameters: { shared_buffers: "256MB" } });
      await stage.fill(primary, 10);
      stage.load(primary, ["-c", "12", "-j", "2", "-S"]);
      await sleep(3000);
      return stage.observe(primary);
    },
  },
  {
    id: "cpu-quota",
    title: "a server limited to a tenth of a core",
    cause: "cpu-throttled",
    also: ["row-contention"],
    not: ["cpu-saturated"],
    throttles: true,
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 10);
      limitCpu(stage, serverOf(primary), 0.1);
      stage.load(primary, ["-c", "4", "-S"]);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "neighbour",
    title: "programs of others on every core, under reads at a fixed rate",
    cause: "noisy-neighbour",
    not: ["cpu-saturated", "cpu-throttled"],
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 10);
      stage.load(primary, ["-c", "4", "-S", "-R", "1500"]);
      for (let core = 0; core < 4; core += 1) stage.start("yes", []);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "two-busy-loops",
    title: "two busy loops on a machine with two cores, under reads of 4 clients",
    cause: "noisy-neighbour",
    not: ["cpu-saturated", "cpu-throttled", "generator-bound"],
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 10);
      stage.load(primary, ["-c", "4", "-j", "2", "-S"]);
      for (let core = 0; core < availableParallelism(); core += 1) {
        stage.start("sh", ["-c", "while :; do :; done"]);
      }
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "neighbour-beside-an-idle-server",
    title: "busy loops on every core, beside a server that has nothing to do",
    cause: null,
    undecided: true,
    async play(stage) {
      const primary = await stage.primary();
      for (let core = 0; core < availableParallelism(); core += 1) {
        stage.start("sh", ["-c", "while :; do :; done"]);
      }
      return stage.observe(primary);
    },
  },
  {
    id: "throttled-clients",
    title: "8 clients in a control group with 0.07 cores, on the server's host",
    cause: "generator-bound",
    not: ["cpu-throttled", "cpu-saturated"],
    throttles: true,
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 10);
      limitCpu(stage, [stage.load(primary, ["-c", "8", "-S"]).pid!], 0.07);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "clients-with-room",
    title: "8 clients in a control group with half a core, of which they need little",
    cause: null,
    throttles: true,
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 10);
      const clients = stage.load(primary, ["-c", "8", "-S", "-R", "100"]);
      limitCpu(stage, [clients.pid!], 0.5);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "hot-rows",
    title: "12 clients that update the one row of `pgbench_branches`",
    cause: "row-contention",
    also: COMMITS,
    not: ["blocking-transaction"],
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 1);
      stage.load(primary, ["-c", "12", "-j", "2"]);
      await sleep(2000);
      return stage.observe(primary, { seconds: 8 });
    },
  },
  {
    id: "open-transaction",
    title: "a transaction that holds a table's lock and idles",
    cause: "blocking-transaction",
    not: ["row-contention", "sync-standby-lost"],
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 10);
      stage.load(
        primary,
        ["-c", "1"],
        "begin;\nlock table pgbench_accounts;\n\\sleep 500 s\ncommit;",
      );
      await sleep(1000);
      stage.load(primary, ["-c", "4", "-j", "2"]);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "new-connections",
    title: "a connection for every transaction",
    cause: "connection-churn",
    also: ["cpu-saturated"],
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 5);
      stage.load(primary, ["-C", "-c", "6", "-j", "2", "-S"]);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "slow-commits",
    title: "one client, each commit waiting for a disk that takes 80 writes per second",
    cause: "commit-latency",
    not: ["wal-device-limited", "storage-level-dropped"],
    throttles: true,
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 10);
      limitWrites(stage, primary, 80);
      stage.load(primary, ["-c", "1"], SCATTERED);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "wal-disk-at-its-limit",
    title: "10 clients on a disk that takes 60 writes per second",
    cause: "wal-device-limited",
    also: COMMITS,
    not: ["storage-level-dropped", "row-contention"],
    throttles: true,
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 10);
      limitWrites(stage, primary, 60);
      stage.load(primary, ["-c", "10", "-j", "2"], SCATTERED);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "disk-that-drops",
    title: "a disk that falls to 120 writes per second in the middle",
    cause: "storage-level-dropped",
    also: COMMITS,
    throttles: true,
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 10);
      const limit = limitWrites(stage, primary, 1_000_000);
      stage.load(primary, ["-c", "6", "-j", "2"], SCATTERED);
      await sleep(2000);
      const drop = (async () => {
        await until(async () => {
          const watching =
            "select 1 from pg_stat_activity where application_name = 'pgdyno monitor'";
          return (await primary.sql(watching)).length > 0;
        }, "somebody watches");
        await sleep(12_000);
        limit(120);
      })();
      const observed = await stage.observe(primary, { seconds: 35 });
      await drop;
      return observed;
    },
  },
  {
    id: "small-max-wal-size",
    title: "`max_wal_size = 32MB` under writes",
    cause: "checkpoints-forced-by-wal",
    also: [...COMMITS, "full-page-images", "row-contention"],
    async play(stage) {
      const primary = await stage.primary({
        segmentMb: 1,
        parameters: { max_wal_size: "24MB", min_wal_size: "8MB" },
      });
      await stage.fill(primary, 20);
      stage.load(primary, ["-c", "6", "-j", "2"], SCATTERED);
      await sleep(2000);
      return stage.observe(primary, { seconds: 20 });
    },
  },
  {
    id: "short-checkpoint-timeout",
    title: "`checkpoint_timeout = 33s` under writes all over a table",
    cause: "checkpoints-too-frequent",
    also: [...COMMITS, "full-page-images"],
    not: ["checkpoints-forced-by-wal"],
    async play(stage) {
      const primary = await stage.primary({ parameters: { checkpoint_timeout: "33s" } });
      await stage.fill(primary, 20);
      stage.load(primary, ["-c", "3", "-R", "120"], SCATTERED);
      // Two of the clock, whatever its phase when the watch begins.
      return stage.observe(primary, { seconds: 75 });
    },
  },
  {
    id: "usual-checkpoint-timeout",
    title: "the same writes with the usual `checkpoint_timeout`",
    cause: null,
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 20);
      stage.load(primary, ["-c", "3", "-R", "120"], SCATTERED);
      await sleep(2000);
      return stage.observe(primary, { seconds: 15 });
    },
  },
  {
    id: "tiny-wal-buffers",
    title: "`wal_buffers = 64kB` under bulk inserts of 6 clients",
    cause: "wal-buffers",
    also: [...COMMITS, "cpu-saturated"],
    not: ["checkpoints-forced-by-wal", "row-contention"],
    async play(stage) {
      const primary = await stage.primary({
        parameters: { wal_buffers: "64kB", max_wal_size: "8GB" },
      });
      await primary.sql("create table junk (t text)");
      stage.load(primary, ["-c", "6"], BULK);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "roomy-wal-buffers",
    title: "bulk inserts at a fixed rate with the usual `wal_buffers`",
    cause: null,
    async play(stage) {
      const primary = await stage.primary({ parameters: { max_wal_size: "8GB" } });
      await primary.sql("create table junk (t text)");
      stage.load(primary, ["-c", "6", "-R", "20"], BULK);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "busy-generator",
    title: "pgbench with one thread that does sums between its statements",
    cause: "generator-bound",
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 1);
      return stage.run(primary, { clients: 8, threads: 1, script: sums(400) });
    },
  },
  {
    id: "calm-generator",
    title: "pgbench with one thread that waits for the server's answers",
    cause: null,
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 1);
      const script = "select count(*) from generate_series(1, 20000);";
      return stage.run(primary, { clients: 1, threads: 1, script });
    },
  },
  {
    id: "small-shared-buffers",
    title: "`shared_buffers = 1MB`, all data in the page cache",
    cause: "reads-from-os-cache",
    also: ["cpu-saturated"],
    not: ["reads-from-device"],
    async play(stage) {
      const primary = await stage.primary({
        parameters: { shared_buffers: "1MB", track_io_timing: "on" },
      });
      await stage.fill(primary, 10);
      stage.load(
        primary,
        ["-c", "2", "-j", "2"],
        "\\set i random(1, 900000)\nselect sum(abalance) from pgbench_accounts where aid between :i and :i + 40000;",
      );
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "reads-from-the-disk",
    title: "reads that pass the page cache by (`debug_io_direct`), PostgreSQL 18",
    cause: "reads-from-device",
    also: ["cpu-saturated"],
    not: ["reads-from-os-cache"],
    async play(stage) {
      const primary = await stage.primary({
        version: 18,
        parameters: { shared_buffers: "2MB", debug_io_direct: "data", track_io_timing: "on" },
      });
      await stage.fill(primary, 20);
      stage.load(primary, ["-c", "4", "-j", "2", "-S"]);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "old-snapshot",
    title: "a report that holds a snapshot while few rows are updated all the time",
    cause: "bloat",
    also: [...COMMITS, "row-contention", "blocking-transaction"],
    async play(stage) {
      const primary = await stage.primary({ parameters: { synchronous_commit: "on" } });
      await stage.fill(primary, 1);
      stage.load(
        primary,
        ["-c", "1"],
        "begin isolation level repeatable read;\nselect count(*) from pgbench_branches;\n\\sleep 500 s\ncommit;",
      );
      await sleep(6000);
      stage.load(
        primary,
        ["-c", "4", "-j", "2"],
        "\\set i random(1, 10)\nupdate pgbench_tellers set tbalance = tbalance + 1 where tid = :i;",
      );
      await sleep(8000);
      return stage.observe(primary, { seconds: 15 });
    },
  },
  {
    id: "fsync-off",
    title: "`fsync = off` on an idle server",
    cause: "not-durable",
    async play(stage) {
      return stage.observe(await stage.primary({ parameters: { fsync: "off" } }), { seconds: 5 });
    },
  },
  {
    id: "plain-role",
    title: "a role without `pg_monitor` looks",
    cause: "privilege-missing",
    async play(stage) {
      const primary = await stage.primary();
      await primary.sql("create role watcher login");
      return stage.observe(primary, { seconds: 5, user: "watcher" });
    },
  },
];
