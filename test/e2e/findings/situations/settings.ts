import type { Situation } from "../situation.ts";
import { sleep } from "../stage.ts";

const COMMITS = ["commit-latency", "wal-device-limited"];

/** Settings that endanger, views that are hidden, and two things at once. */
export const settings: readonly Situation[] = [
  {
    id: "asynchronous-commits",
    title: "`synchronous_commit = off` under writes at a fixed rate",
    cause: "not-durable",
    async play(stage) {
      const primary = await stage.primary({ parameters: { synchronous_commit: "off" } });
      await stage.fill(primary, 10);
      stage.load(primary, ["-c", "4", "-R", "60"]);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "full-page-writes-off",
    title: "`full_page_writes = off` under writes at a fixed rate, PostgreSQL 14",
    cause: "not-durable",
    async play(stage) {
      const primary = await stage.primary({
        version: 14,
        parameters: { full_page_writes: "off" },
      });
      await stage.fill(primary, 10);
      stage.load(primary, ["-c", "4", "-R", "60"]);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "plain-role-18",
    title: "a role without `pg_monitor` looks at PostgreSQL 18 under writes",
    cause: "privilege-missing",
    async play(stage) {
      const primary = await stage.primary({ version: 18 });
      await stage.fill(primary, 10);
      await primary.sql("create role watcher login");
      stage.load(primary, ["-c", "4", "-R", "60"]);
      await sleep(2000);
      return stage.observe(primary, { user: "watcher" });
    },
  },
  {
    id: "failing-archive-without-fsync",
    title: "a failing archive on a server with `fsync = off`, by a role without `pg_monitor`",
    cause: "archive-failing",
    also: ["not-durable", "privilege-missing"],
    async play(stage) {
      const primary = await stage.primary({
        segmentMb: 1,
        parameters: { archive_mode: "on", archive_command: "false", fsync: "off" },
      });
      await stage.fill(primary, 5);
      await primary.sql("create role watcher login");
      stage.load(primary, ["-c", "4", "-R", "60"]);
      await sleep(2000);
      return stage.observe(primary, { user: "watcher" });
    },
  },
  {
    id: "failing-archive-under-full-cpu",
    title: "a failing archive while reads take all of the CPU",
    cause: "archive-failing",
    also: [...COMMITS, "noisy-neighbour"],
    async play(stage) {
      const primary = await stage.primary({
        segmentMb: 1,
        parameters: {
          archive_mode: "on",
          archive_command: "exit 2",
          shared_buffers: "256MB",
        },
      });
      await stage.fill(primary, 10);
      stage.load(primary, ["-c", "10", "-j", "2", "-S"]);
      stage.load(primary, ["-c", "1", "-R", "20"]);
      await sleep(3000);
      return stage.observe(primary);
    },
  },
  {
    id: "parallel-report",
    title: "one report after another on every core, by parallel workers",
    cause: "cpu-saturated",
    also: ["reads-from-os-cache", "noisy-neighbour"],
    not: ["wal-buffers", "connection-churn"],
    async play(stage) {
      const parameters = {
        max_parallel_workers_per_gather: "4",
        min_parallel_table_scan_size: "0",
        parallel_setup_cost: "0",
        shared_buffers: "512MB",
      };
      const primary = await stage.primary({ parameters });
      await stage.fill(primary, 20);
      const report =
        "select bid, sum(sqrt(abs(abalance) + aid)), count(distinct aid % 7) from pgbench_accounts group by bid;";
      stage.load(primary, ["-c", "2"], report);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
];
