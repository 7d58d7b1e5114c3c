import type { Situation } from "../situation.ts";
import { slowLine } from "../slow-line.ts";
import { type Player, sleep, type Stage } from "../stage.ts";
import { freeze, limitCpu, limitWrites, processCalled } from "../throttle.ts";

async function pair(stage: Stage, options: Parameters<Stage["standby"]>[1] = {}) {
  const primary = await stage.primary();
  await stage.fill(primary, 10);
  return { primary, standby: await stage.standby(primary, options) };
}

async function makeSynchronous(primary: Player, mode = "on") {
  await primary.sql("alter system set synchronous_standby_names = 'standby'");
  await primary.sql(`alter system set synchronous_commit = '${mode}'`);
  await primary.sql("select pg_reload_conf()");
}

const REPLAY = ["replay-bound", "replay-paused", "replay-conflict"];
const SYNC = ["sync-commit-network", "sync-commit-standby-disk", "sync-commit-replay"];
const COMMITS = ["commit-latency", "wal-device-limited", "cpu-saturated"];
const without = (names: readonly string[], ...of: readonly string[]) =>
  names.filter((name) => !of.includes(name));

export const replication: readonly Situation[] = [
  {
    id: "slot-without-reader",
    title: "a slot that nobody reads, under writes",
    cause: "slot-retains-wal",
    not: ["slot-lost"],
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 10);
      await primary.sql("select pg_create_physical_replication_slot('gone', true)");
      stage.load(primary, ["-c", "4"]);
      await sleep(4000);
      return stage.observe(primary, { seconds: 15 });
    },
  },
  {
    id: "slot-past-its-limit",
    title: "a slot past `max_slot_wal_keep_size` after a checkpoint",
    cause: "slot-lost",
    also: ["checkpoints-forced-by-wal", "full-page-images", "row-contention", "slot-retains-wal"],
    async play(stage) {
      const primary = await stage.primary({
        segmentMb: 1,
        parameters: {
          max_slot_wal_keep_size: "8MB",
          max_wal_size: "16MB",
          min_wal_size: "2MB",
        },
      });
      await stage.fill(primary, 10);
      await primary.sql("select pg_create_physical_replication_slot('gone', true)");
      stage.load(primary, ["-c", "4"]);
      await sleep(10_000);
      await primary.sql("checkpoint");
      return stage.observe(primary);
    },
  },
  {
    id: "frozen-receiver",
    title: "a standby whose WAL receiver is stopped",
    cause: "standby-frozen",
    also: ["slot-retains-wal"],
    not: ["replay-bound", "sync-standby-lost"],
    async play(stage) {
      const { primary, standby } = await pair(stage, { slot: "one" });
      stage.load(primary, ["-c", "4"]);
      await sleep(3000);
      freeze(stage, processCalled(standby.postmasterPid, "walreceiver"));
      return stage.observe(primary, { standbys: [standby], seconds: 15 });
    },
  },
  {
    id: "synchronous-standby-gone",
    title: "no standby of those in `synchronous_standby_names` is connected",
    cause: "sync-standby-lost",
    also: ["row-contention"],
    not: [...SYNC, "blocking-transaction"],
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 10);
      await primary.sql("alter system set synchronous_standby_names = 'ANY 1 (a, b)'");
      await primary.sql("select pg_reload_conf()");
      stage.load(primary, ["-c", "3"]);
      await sleep(2000);
      return stage.observe(primary, { seconds: 8 });
    },
  },
  {
    id: "synchronous-over-a-slow-line",
    title: "a synchronous standby 20 ms away, each way",
    cause: "sync-commit-network",
    also: ["row-contention"],
    not: without(SYNC, "sync-commit-network"),
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 10);
      const throughPort = await slowLine(stage, primary.port, 20);
      const standby = await stage.standby(primary, { throughPort });
      await makeSynchronous(primary);
      stage.load(primary, ["-c", "4"]);
      await sleep(3000);
      return stage.observe(primary, { standbys: [standby], seconds: 15 });
    },
  },
  {
    id: "synchronous-on-a-slow-disk",
    title: "a synchronous standby whose disk takes 50 writes per second",
    cause: "sync-commit-standby-disk",
    also: ["row-contention"],
    not: without(SYNC, "sync-commit-standby-disk"),
    throttles: true,
    async play(stage) {
      const { primary, standby } = await pair(stage);
      limitWrites(stage, standby, 50);
      await makeSynchronous(primary);
      stage.load(primary, ["-c", "4"]);
      await sleep(3000);
      return stage.observe(primary, { standbys: [standby], seconds: 15 });
    },
  },
  {
    id: "remote-apply-behind-slow-replay",
    title: "`remote_apply`, with the standby's replay limited to 2 % of a core",
    cause: "sync-commit-replay",
    also: ["replay-bound", "row-contention", "cpu-throttled"],
    not: ["sync-commit-network", "sync-commit-standby-disk"],
    throttles: true,
    async play(stage) {
      const { primary, standby } = await pair(stage);
      await makeSynchronous(primary, "remote_apply");
      limitCpu(stage, [processCalled(standby.postmasterPid, "startup")], 0.02);
      stage.load(primary, ["-c", "6"]);
      await sleep(4000);
      return stage.observe(primary, { standbys: [standby], seconds: 15 });
    },
  },
  {
    id: "remote-apply-behind-starved-replay",
    title:
      "`remote_apply`, with the standby's replay limited to 1 % of a core: it rests between its turns",
    cause: "sync-commit-replay",
    also: ["replay-bound", "row-contention"],
    not: ["sync-commit-network", "sync-commit-standby-disk", "replay-conflict"],
    throttles: true,
    async play(stage) {
      const { primary, standby } = await pair(stage);
      await makeSynchronous(primary, "remote_apply");
      limitCpu(stage, [processCalled(standby.postmasterPid, "startup")], 0.01);
      stage.load(primary, ["-c", "4"]);
      await sleep(4000);
      return stage.observe(primary, { standbys: [standby], seconds: 15 });
    },
  },
  {
    id: "remote-apply-in-time",
    title: "`remote_apply` with a standby that replays at once, at a fixed rate",
    cause: null,
    async play(stage) {
      const { primary, standby } = await pair(stage);
      await makeSynchronous(primary, "remote_apply");
      stage.load(primary, ["-c", "4", "-R", "40"]);
      await sleep(3000);
      return stage.observe(primary, { standbys: [standby] });
    },
  },
  {
    id: "replay-that-cancels-the-observer",
    title: "replay limited to 5 % of a core, which cancels none but the observer's own queries",
    cause: "replay-bound",
    also: [...COMMITS, "bloat"],
    not: ["replay-conflict", "replay-paused", "standby-frozen"],
    throttles: true,
    async play(stage) {
      const { primary, standby } = await pair(stage, {
        parameters: { max_standby_streaming_delay: "200ms" },
      });
      limitCpu(stage, [processCalled(standby.postmasterPid, "startup")], 0.05);
      await primary.sql("create table junk (t text)");
      stage.load(
        primary,
        ["-c", "2"],
        "insert into junk select md5(i::text) from generate_series(1, 5000) i;\n\\sleep 100 ms",
      );
      // Rows of the catalogs come and go, and whoever reads the catalogs on the standby is in the way.
      stage.load(
        primary,
        ["-c", "2"],
        "create table x:client_id (i int primary key, t text);\ndrop table x:client_id;",
      );
      stage.load(primary, ["-c", "1"], "vacuum pg_class;\nvacuum pg_attribute;\nvacuum pg_type;");
      await sleep(8000);
      return stage.observe(primary, { standbys: [standby], seconds: 20 });
    },
  },
  {
    id: "queries-cancelled-by-replay",
    title: "reports on a standby that replay cancels at once (`max_standby_streaming_delay = 0`)",
    cause: "replay-conflict",
    not: ["replay-bound", "replay-paused", "standby-frozen"],
    async play(stage) {
      const { primary, standby } = await pair(stage, {
        parameters: { max_standby_streaming_delay: "0" },
      });
      const over = new AbortController();
      const reports = (async () => {
        while (!over.signal.aborted) {
          // Replay of the lock that `vacuum full` takes ends it.
          standby.sql("select count(*), pg_sleep(30) from pgbench_tellers").catch(() => {});
          await sleep(2000);
          await primary.sql("vacuum full pgbench_tellers");
        }
      })();
      const observed = await stage.observe(primary, { standbys: [standby] });
      over.abort();
      await reports;
      return observed;
    },
  },
  {
    id: "slow-replay",
    title: "a standby whose replay is limited to 1 % of a core, under bulk inserts",
    cause: "replay-bound",
    also: ["cpu-throttled"],
    not: ["replay-paused", "replay-conflict", "standby-frozen"],
    throttles: true,
    async play(stage) {
      const { primary, standby } = await pair(stage);
      limitCpu(stage, [processCalled(standby.postmasterPid, "startup")], 0.01);
      await primary.sql("create table junk (t text)");
      stage.load(
        primary,
        ["-c", "2"],
        "insert into junk select md5(i::text) from generate_series(1, 5000) i;",
      );
      await sleep(5000);
      return stage.observe(primary, { standbys: [standby], seconds: 15 });
    },
  },
  {
    id: "paused-replay",
    title: "a standby whose replay was paused",
    cause: "replay-paused",
    not: without([...REPLAY, "standby-frozen"], "replay-paused"),
    async play(stage) {
      const { primary, standby } = await pair(stage);
      stage.load(primary, ["-c", "4", "-R", "50"]);
      await standby.sql("select pg_wal_replay_pause()");
      await sleep(2000);
      return stage.observe(primary, { standbys: [standby] });
    },
  },
  {
    id: "replay-behind-a-report",
    title: "a report on the standby that replay of `vacuum full` has to wait for",
    cause: "replay-conflict",
    not: without([...REPLAY, "standby-frozen"], "replay-conflict"),
    async play(stage) {
      const { primary, standby } = await pair(stage, {
        parameters: { max_standby_streaming_delay: "5min" },
      });
      const report = standby
        .sql("select count(*), pg_sleep(60) from pgbench_tellers")
        .catch(() => {}); // It ends with its server.
      stage.later(() => report);
      stage.load(primary, ["-c", "4", "-R", "50"]);
      await sleep(1500);
      await primary.sql("vacuum full pgbench_tellers");
      await sleep(1000);
      return stage.observe(primary, { standbys: [standby] });
    },
  },
  {
    id: "stuck-checkpointer",
    title: "a frozen standby whose slot is past its limit when a checkpoint comes",
    cause: "standby-frozen",
    also: [
      "checkpointer-stuck",
      "slot-retains-wal",
      "checkpoints-forced-by-wal",
      "wal-volume-full",
    ],
    async play(stage) {
      const primary = await stage.primary({
        parameters: { max_slot_wal_keep_size: "48MB", max_wal_size: "64MB", min_wal_size: "32MB" },
      });
      await stage.fill(primary, 10);
      const standby = await stage.standby(primary, { slot: "one" });
      freeze(stage, processCalled(standby.postmasterPid, "walreceiver"));
      stage.load(primary, ["-c", "6"]);
      await sleep(20_000);
      return stage.observe(primary, { standbys: [standby], seconds: 15 });
    },
  },
];
