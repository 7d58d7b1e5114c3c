import type { Situation } from "../situation.ts";
import { sleep } from "../stage.ts";
import { limitWrites } from "../throttle.ts";

const COMMITS = ["commit-latency", "wal-device-limited"];
const POOL = { max_connections: "200" };

/** Queues for rows and locks, some of them beside a pool's connections at rest. */
export const locks: readonly Situation[] = [
  {
    id: "hot-rows-beside-a-pool",
    title: "8 clients that update one row, beside 100 connections at rest",
    cause: "row-contention",
    also: COMMITS,
    not: ["blocking-transaction"],
    async play(stage) {
      const primary = await stage.primary({ parameters: POOL });
      await stage.fill(primary, 1);
      stage.rest(primary, 100);
      stage.load(primary, ["-c", "8", "-j", "2"]);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "one-behind-another",
    title: "one client behind a transaction that idles, beside 60 connections at rest",
    cause: "blocking-transaction",
    not: ["row-contention"],
    async play(stage) {
      const primary = await stage.primary({ parameters: POOL });
      await stage.fill(primary, 1);
      stage.rest(primary, 60);
      const update = "update pgbench_branches set bbalance = 1 where bid = 1;";
      stage.load(primary, ["-c", "1"], `begin;\n${update}\n\\sleep 500 s\ncommit;`);
      await sleep(1000);
      stage.load(primary, ["-c", "1"], update);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "deadlocks",
    title: "8 clients that change two of four rows in any order, and lock one another out",
    cause: "row-contention",
    also: COMMITS,
    async play(stage) {
      const primary = await stage.primary();
      await primary.sql("create table few as select i, 0 as v from generate_series(1, 4) i");
      const update = (name: string) => `update few set v = v + 1 where i = :${name};`;
      const pick = "\\set a random(1, 4)\n\\set b random(1, 4)\n";
      const script = `${pick}begin;\n${update("a")}\n${update("b")}\ncommit;`;
      stage.load(primary, ["-c", "8", "-j", "2", "--max-tries=10000"], script);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "advisory-queue",
    title: "8 clients that pass one advisory lock on, each holding it for 50 ms",
    cause: null,
    undecided: true,
    async play(stage) {
      const primary = await stage.primary();
      const script = "begin;\nselect pg_advisory_xact_lock(1), pg_sleep(0.05);\ncommit;";
      stage.load(primary, ["-c", "8"], script);
      await sleep(1500);
      return stage.observe(primary);
    },
  },
  {
    id: "short-table-locks",
    title: "a table locked for 200 ms every 2 s",
    cause: null,
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 10);
      const lock = "begin;\nlock table pgbench_accounts;\n\\sleep 200 ms\ncommit;\n\\sleep 1800 ms";
      stage.load(primary, ["-c", "1"], lock);
      stage.load(primary, ["-c", "4", "-R", "60"]);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "forgotten-prepared-transaction",
    title: "a prepared transaction that nobody ends, while few rows are updated all the time",
    cause: "bloat",
    also: [...COMMITS, "row-contention"],
    async play(stage) {
      const primary = await stage.primary({ parameters: { max_prepared_transactions: "5" } });
      await stage.fill(primary, 1);
      await primary.sql(
        "begin; insert into pgbench_history (tid) values (1); prepare transaction 'forgotten'",
      );
      const update = "update pgbench_tellers set tbalance = tbalance + 1 where tid = :i;";
      stage.load(primary, ["-c", "4", "-j", "2"], `\\set i random(1, 10)\n${update}`);
      await sleep(10_000);
      return stage.observe(primary, { seconds: 15 });
    },
  },
  {
    id: "slow-disk-under-tpcb",
    title: "pgbench's own transaction by 10 clients on a disk that takes 60 writes per second",
    cause: "wal-device-limited",
    also: [...COMMITS, "row-contention"],
    not: ["storage-level-dropped", "blocking-transaction"],
    throttles: true,
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 10);
      limitWrites(stage, primary, 60);
      stage.load(primary, ["-c", "10", "-j", "2"]);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "slow-commits-beside-a-pool",
    title: "one client on a disk that takes 80 writes per second, beside 60 connections at rest",
    cause: "commit-latency",
    not: ["wal-device-limited", "storage-level-dropped"],
    throttles: true,
    async play(stage) {
      const primary = await stage.primary({ parameters: POOL });
      await stage.fill(primary, 10);
      stage.rest(primary, 60);
      await sleep(1000);
      limitWrites(stage, primary, 80);
      stage.load(primary, ["-c", "1"]);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
];
