import type { Situation } from "../situation.ts";
import { type Player, sleep, type Stage } from "../stage.ts";

const RECEIVER = "/usr/lib/postgresql/15/bin/pg_recvlogical";
const MB = 1024 ** 2;

/** A logical slot and a reader that keeps up with it. */
export async function logicalReader(stage: Stage, primary: Player): Promise<void> {
  await primary.sql("create publication all_tables for all tables");
  await primary.sql("select pg_create_logical_replication_slot('reader', 'pgoutput')");
  stage.start(RECEIVER, [
    `--dbname=${primary.dsn()}`,
    "--slot=reader",
    "--start",
    "--file=-",
    "--status-interval=1",
    "--option=proto_version=1",
    "--option=publication_names=all_tables",
  ]);
}

/** WAL that no table is behind. */
export async function writeMb(primary: Player, megabytes: number): Promise<void> {
  await primary.sql(
    `select count(pg_logical_emit_message(false, 'stage', repeat('x', ${MB}))) from generate_series(1, ${megabytes})`,
  );
}

/** Temporary tables with many columns that come and go leave this many dead rows in pg_attribute, and more. */
export async function leaveDeadColumns(primary: Player, rows: number): Promise<void> {
  const columns = 500;
  await primary.sql(`do $$
    declare names text := (select string_agg('c' || i || ' int', ', ') from generate_series(1, ${columns}) i);
    begin
      for i in 1..${Math.ceil(rows / columns)} loop
        execute 'create temporary table gone (' || names || ')';
        execute 'drop table gone';
      end loop;
    end $$`);
}

export const LOOK_UP_COLUMNS =
  "select count(*) from information_schema.columns where table_name = 'pgbench_accounts';";

export const SORTED =
  "create table sorted as select md5(i::text) as m from generate_series(1, 20000) i";
export const SORT = "select m from sorted order by m limit 1 offset 19990;";

/** Catalogs, memory for sorts, slots of logical readers, and their healthy neighbours. */
export const memoryAndCatalogs: readonly Situation[] = [
  {
    id: "slot-held-by-a-transaction",
    title: "a logical slot whose reader keeps up, beside a transaction that has written and idles",
    cause: "slot-held-by-transaction",
    not: ["slot-retains-wal", "blocking-transaction"],
    async play(stage) {
      const primary = await stage.primary({ parameters: { wal_level: "logical" } });
      await stage.fill(primary, 1);
      await logicalReader(stage, primary);
      const idle = "begin;\ninsert into pgbench_history (tid) values (1);\n\\sleep 500 s\ncommit;";
      stage.load(primary, ["-c", "1"], idle);
      await sleep(1000);
      await writeMb(primary, 150);
      stage.load(primary, ["-c", "2", "-R", "50"]);
      await sleep(12_000);
      return stage.observe(primary);
    },
  },
  {
    id: "logical-reader-that-keeps-up",
    title: "a logical slot whose reader keeps up, under writes",
    cause: null,
    async play(stage) {
      const primary = await stage.primary({ parameters: { wal_level: "logical" } });
      await stage.fill(primary, 10);
      await logicalReader(stage, primary);
      await writeMb(primary, 100);
      stage.load(primary, ["-c", "2", "-R", "50"]);
      await sleep(3000);
      return stage.observe(primary);
    },
  },
  {
    id: "dead-rows-in-pg-attribute",
    title: "look-ups of columns beside 295,000 dead rows in `pg_attribute`, with `autovacuum` off",
    cause: "catalog-bloat",
    async play(stage) {
      const primary = await stage.primary({ parameters: { autovacuum: "off" } });
      await stage.fill(primary, 1);
      await leaveDeadColumns(primary, 295_000);
      stage.load(primary, ["-c", "4", "-j", "2"], LOOK_UP_COLUMNS);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "temporary-tables",
    title: "temporary tables at a fixed rate, with autovacuum as usual",
    cause: null,
    async play(stage) {
      const primary = await stage.primary();
      const script = `begin;
create temporary table t (a int, b int, c text) on commit drop;
insert into t select i, i, 'x' from generate_series(1, 10) i;
commit;`;
      stage.load(primary, ["-c", "2", "-R", "20"], script);
      await sleep(3000);
      return stage.observe(primary);
    },
  },
  {
    id: "sorts-that-spill",
    title: "sorts of 1 MB with `work_mem = 64kB`",
    cause: "spills-to-disk",
    async play(stage) {
      const primary = await stage.primary({ parameters: { work_mem: "64kB" } });
      await primary.sql(SORTED);
      stage.load(primary, ["-c", "4", "-j", "2"], SORT);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "sorts-that-spill-light-load",
    title: "the same sorts, one every 2 s",
    cause: null,
    async play(stage) {
      const primary = await stage.primary({ parameters: { work_mem: "64kB" } });
      await primary.sql(SORTED);
      stage.load(primary, ["-c", "1", "-R", "0.5"], SORT);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "a-report-that-spills",
    title: "one report that sorts 200 MB, beside a few reads",
    cause: null,
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 1);
      const report =
        "select count(*) from (select repeat(md5(i::text), 4) as m from generate_series(1, 1500000) i order by 1 offset 0) q;";
      stage.load(primary, ["-c", "1"], report);
      stage.load(primary, ["-c", "2", "-S", "-R", "50"]);
      await sleep(1000);
      return stage.observe(primary);
    },
  },
  {
    id: "queue-behind-an-alter",
    title: "9 sessions behind an `alter table` that waits for a reader's transaction",
    cause: "blocking-transaction",
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 1);
      const read = "select abalance from pgbench_accounts where aid = 1;";
      stage.load(primary, ["-c", "1"], `begin;\n${read}\n\\sleep 500 s\ncommit;`);
      await sleep(1000);
      stage.load(primary, ["-c", "1"], "alter table pgbench_accounts add column note text;");
      await sleep(1000);
      stage.load(primary, ["-c", "9"], read);
      await sleep(1000);
      return stage.observe(primary);
    },
  },
];
