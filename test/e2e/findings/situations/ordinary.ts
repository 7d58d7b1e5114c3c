import type { Situation } from "../situation.ts";
import { smallVolume } from "../small-volume.ts";
import { type Player, sleep, until } from "../stage.ts";
import { limitCpu, limitWrites, serverOf } from "../throttle.ts";

/** Runs one statement after the other until the curtain falls: they end with their server. */
async function work(player: Player, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await player.sql(statement);
}

/** Servers that are well, in states that look like trouble: whatever fails here is a false alarm. */
export const ordinary: readonly Situation[] = [
  {
    id: "idle-pool",
    title: "200 connections of a pool at rest, and a few that read, PostgreSQL 16",
    cause: null,
    async play(stage) {
      const primary = await stage.primary({ version: 16, parameters: { max_connections: "300" } });
      await stage.fill(primary, 5);
      stage.rest(primary, 200);
      stage.load(primary, ["-c", "4", "-S", "-R", "300"]);
      await sleep(3000);
      return stage.observe(primary);
    },
  },
  {
    id: "few-new-connections",
    title: "3 new connections per second beside writes, PostgreSQL 17",
    cause: null,
    async play(stage) {
      const primary = await stage.primary({ version: 17 });
      await stage.fill(primary, 10);
      stage.load(primary, ["-c", "2", "-R", "30"]);
      stage.load(primary, ["-C", "-c", "1", "-S", "-R", "3"]);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "bulk-load",
    title: "one session that loads rows in bulk, as fast as it can",
    cause: null,
    async play(stage) {
      const primary = await stage.primary();
      await primary.sql("create table junk (i int, t text)");
      const rows = "select i, md5(i::text) || md5(i::text) from generate_series(1, 300000) i";
      stage.load(primary, ["-c", "1"], `insert into junk ${rows};`);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "maintenance",
    title: "`vacuum full` and `create index`, nobody else there",
    cause: null,
    async play(stage) {
      const parameters = { max_parallel_maintenance_workers: "0" };
      const primary = await stage.primary({ parameters });
      await stage.fill(primary, 20);
      const again = Array.from({ length: 20 }, (_, i) => [
        "vacuum full pgbench_accounts",
        `create index on pgbench_accounts (abalance, bid, aid) where aid > ${i}`,
      ]);
      work(primary, again.flat()).catch(() => {});
      await sleep(500);
      return stage.observe(primary, { seconds: 15 });
    },
  },
  {
    id: "autovacuum-at-work",
    title: "autovacuum on a table of which half was deleted",
    cause: null,
    async play(stage) {
      const parameters = { autovacuum_naptime: "1s", autovacuum_vacuum_cost_delay: "5ms" };
      const primary = await stage.primary({ parameters });
      await stage.fill(primary, 10);
      stage.load(primary, ["-c", "2", "-R", "20"]);
      await primary.sql("delete from pgbench_accounts where aid % 2 = 0");
      await until(async () => {
        const worker = "select 1 from pg_stat_activity where backend_type = 'autovacuum worker'";
        return (await primary.sql(worker)).length > 0;
      }, "autovacuum begins");
      return stage.observe(primary);
    },
  },
  {
    id: "batch-update",
    title: "a batch that updates every row of a table",
    cause: null,
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 6);
      stage.load(primary, ["-c", "2", "-S", "-R", "50"]);
      const batch = "update pgbench_accounts set abalance = abalance + 1";
      work(primary, ["select pg_sleep(4)", batch]).catch(() => {});
      return stage.observe(primary, { seconds: 20 });
    },
  },
  {
    id: "quota-with-room",
    title: "half a core for the server, and a load that needs less",
    cause: null,
    throttles: true,
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 10);
      limitCpu(stage, serverOf(primary), 0.5);
      stage.load(primary, ["-c", "4", "-S", "-R", "200"]);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "slow-disk-light-load",
    title: "a disk that takes 80 writes per second, and 3 transactions per second",
    cause: null,
    throttles: true,
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 10);
      limitWrites(stage, primary, 80);
      stage.load(primary, ["-c", "2", "-R", "3"]);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "tiny-wal-buffers-light-load",
    title: "`wal_buffers = 64kB` under a few writes",
    cause: null,
    async play(stage) {
      const primary = await stage.primary({ parameters: { wal_buffers: "64kB" } });
      await stage.fill(primary, 10);
      stage.load(primary, ["-c", "4", "-R", "40"]);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "small-volume-light-load",
    title: "`max_wal_size = 4GB` on a volume of 600 MB, under a few writes",
    cause: null,
    async play(stage) {
      const folder = smallVolume(stage, 600);
      const primary = await stage.primary({ folder });
      await stage.fill(primary, 5);
      stage.load(primary, ["-c", "2", "-R", "60"]);
      await sleep(5000);
      return stage.observe(primary);
    },
  },
  {
    id: "idle-in-transaction",
    title: "a session idle in a transaction that nobody waits for",
    cause: null,
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 10);
      await primary.sql("create table notes (t text)");
      const leftOpen = "begin;\nselect count(*) from notes;\n\\sleep 500 s\ncommit;";
      stage.load(primary, ["-c", "1"], leftOpen);
      await sleep(6000);
      stage.load(primary, ["-c", "4", "-R", "60"]);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "unlogged-writes",
    title: "writes to unlogged tables",
    cause: null,
    async play(stage) {
      const primary = await stage.primary();
      await primary.sql("create unlogged table junk (t text)");
      stage.load(primary, ["-c", "2", "-R", "200"], "insert into junk values ('one');");
      await sleep(2000);
      return stage.observe(primary);
    },
  },
];
