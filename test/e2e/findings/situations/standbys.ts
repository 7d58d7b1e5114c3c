import type { Situation } from "../situation.ts";
import { slowLine } from "../slow-line.ts";
import { type Player, sleep, type Stage } from "../stage.ts";

async function commitsWaitFor(primary: Player, names: string, mode = "on") {
  await primary.sql(`alter system set synchronous_standby_names = '${names}'`);
  await primary.sql(`alter system set synchronous_commit = '${mode}'`);
  await primary.sql("select pg_reload_conf()");
}

/** A synchronous standby so far away, each way. */
async function overALine(stage: Stage, delayMs: number) {
  const primary = await stage.primary();
  await stage.fill(primary, 10);
  const throughPort = await slowLine(stage, primary.port, delayMs);
  const standby = await stage.standby(primary, { throughPort });
  await commitsWaitFor(primary, "standby");
  return { primary, standby };
}

async function delayed(stage: Stage) {
  const primary = await stage.primary();
  await stage.fill(primary, 10);
  const standby = await stage.standby(primary, {
    parameters: { recovery_min_apply_delay: "4s" },
  });
  stage.load(primary, ["-c", "4", "-R", "80"]);
  await sleep(8000);
  return { primary, standby };
}

/** Standbys that are as they should be, though they look otherwise, and milder faults of theirs. */
export const standbys: readonly Situation[] = [
  {
    id: "unused-logical-slot",
    title: "a logical slot that nobody reads, under writes, PostgreSQL 17",
    cause: "slot-retains-wal",
    not: ["slot-lost", "bloat"],
    async play(stage) {
      const primary = await stage.primary({ version: 17, parameters: { wal_level: "logical" } });
      await stage.fill(primary, 10);
      await primary.sql("select pg_create_logical_replication_slot('gone', 'pgoutput')");
      stage.load(primary, ["-c", "4"]);
      await sleep(4000);
      return stage.observe(primary, { seconds: 15 });
    },
  },
  {
    id: "delayed-standby",
    title: "a standby that is 4 s behind on purpose (`recovery_min_apply_delay`)",
    cause: null,
    async play(stage) {
      const { primary, standby } = await delayed(stage);
      return stage.observe(primary, { standbys: [standby] });
    },
  },
  {
    id: "delayed-standby-not-named",
    title: "the same, with only the primary named",
    cause: null,
    async play(stage) {
      const { primary } = await delayed(stage);
      return stage.observe(primary);
    },
  },
  {
    id: "synchronous-over-a-line-of-5ms",
    title: "a synchronous standby 5 ms away, each way",
    cause: "sync-commit-network",
    also: ["row-contention"],
    not: ["sync-commit-standby-disk", "sync-commit-replay"],
    async play(stage) {
      const { primary, standby } = await overALine(stage, 5);
      stage.load(primary, ["-c", "4"]);
      await sleep(3000);
      return stage.observe(primary, { standbys: [standby], seconds: 15 });
    },
  },
  {
    id: "synchronous-over-a-short-line",
    title: "a synchronous standby 1 ms away, each way, at a fixed rate",
    cause: null,
    async play(stage) {
      const { primary, standby } = await overALine(stage, 1);
      stage.load(primary, ["-c", "4", "-R", "40"]);
      await sleep(3000);
      return stage.observe(primary, { standbys: [standby] });
    },
  },
  {
    id: "quorum-with-one-away",
    title: "`ANY 1` of two standbys, one of them away, `remote_write`",
    cause: null,
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 10);
      const standby = await stage.standby(primary);
      await commitsWaitFor(primary, "ANY 1 (standby, other)", "remote_write");
      stage.load(primary, ["-c", "4", "-R", "40"]);
      await sleep(3000);
      return stage.observe(primary, { standbys: [standby] });
    },
  },
  {
    id: "report-on-the-standby",
    title: "a long report on a standby that replay need not wait for",
    cause: null,
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 10);
      const standby = await stage.standby(primary);
      const report = "select count(*), pg_sleep(60) from pgbench_accounts";
      standby.sql(report).catch(() => {}); // It ends with its server.
      stage.load(primary, ["-c", "4", "-R", "40"]);
      await sleep(2000);
      return stage.observe(primary, { standbys: [standby] });
    },
  },
  {
    id: "standby-alone",
    title: "a standby that is watched without its primary",
    cause: null,
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 10);
      const standby = await stage.standby(primary);
      stage.load(primary, ["-c", "4", "-R", "40"]);
      stage.load(standby, ["-c", "2", "-S", "-R", "200"]);
      await sleep(2000);
      return stage.observe(standby);
    },
  },
];
