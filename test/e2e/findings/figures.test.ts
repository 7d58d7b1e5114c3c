import { expect, test } from "vitest";
import type { Figure, Finding } from "../../../src/findings/rule.ts";
import {
  leaveDeadColumns,
  logicalReader,
  LOOK_UP_COLUMNS,
  SORT,
  SORTED,
  writeMb,
} from "./situations/memory-and-catalogs.ts";
import { type Observed, type Player, sleep, until, withStage } from "./stage.ts";

const MB = 1024 ** 2;
const LOCK_S = 3.9;
const CLIENTS = 8;

const findingOf = ({ model }: Observed, id: string): Finding =>
  model.findings.find((finding) => finding.id === id)!;

function figureOf(finding: Finding, name: string): Figure {
  const found = finding.evidence.find((figure) => figure.name === name);
  if (found === undefined) throw new Error(`${finding.id} has no figure "${name}"`);
  return found;
}

const numberOf = (finding: Finding, name: string): number =>
  Number(figureOf(finding, name).value ?? Number.NaN);

/** The program has begun to look. */
const isWatched = (primary: Player) =>
  until(async () => {
    const sql = "select 1 from pg_stat_activity where application_name = 'pgdyno monitor'";
    return (await primary.sql(sql)).length > 0;
  }, "the server is watched");

/** Looks for a while, and does something once it looks. */
async function during(
  primary: Player,
  observing: Promise<Observed>,
  act: () => Promise<unknown>,
): Promise<Observed> {
  await isWatched(primary);
  await sleep(2000);
  await act();
  return observing;
}

test.each([15, 18] as const)(
  "a lock that is let go within the watch is told with its true length and all who waited, PostgreSQL %s",
  async (version) => {
    await withStage(async (stage) => {
      const primary = await stage.primary({ version });
      await primary.sql("create table t as select 1 as v");
      stage.load(primary, ["-c", String(CLIENTS), "-R", "40"], "select v from t;");
      let heldMs = 0;
      const observed = await during(primary, stage.observe(primary, { seconds: 10 }), async () => {
        const begunMs = performance.now();
        await primary.sql(`begin; lock table t; select pg_sleep(${LOCK_S}); commit`);
        heldMs = performance.now() - begunMs;
      });
      const finding = findingOf(observed, "blocking-transaction");
      expect(finding).toMatchObject({ verdict: "fail" });
      for (const name of ["longest wait for it", "length of its transaction"]) {
        const { how, isAtLeast, value } = figureOf(finding, name);
        expect([name, how, isAtLeast]).toEqual([name, "timed", undefined]);
        expect(Number(value)).toBeGreaterThan(LOCK_S * 1000 - 500);
        expect(Number(value)).toBeLessThan(heldMs + 500);
      }
      const waiting = figureOf(finding, "sessions that wait for locks meanwhile");
      expect(Number(waiting.value)).toBeGreaterThan(CLIENTS - 1);
      expect(waiting.window.endMs - waiting.window.startMs).toBeLessThan(heldMs + 500);
    });
  },
);

test("a queue behind an ALTER names the ALTER, and the reader that it waits for", async () => {
  await withStage(async (stage) => {
    const primary = await stage.primary();
    await primary.sql("create table t as select 1 as v");
    stage.load(primary, ["-c", "1"], "begin;\nselect v from t;\n\\sleep 500 s\ncommit;");
    await sleep(500);
    stage.load(primary, ["-c", "1"], "alter table t add column w int;");
    await sleep(500);
    stage.load(primary, ["-c", "9"], "select v from t;");
    await sleep(500);
    const observed = await stage.observe(primary, { seconds: 6 });
    const finding = findingOf(observed, "blocking-transaction");
    expect(finding).toMatchObject({ verdict: "fail" });
    expect(finding.because).toMatch(/9 of them .*`alter table t add column w int;?`/);
    expect(numberOf(finding, "sessions that wait only for a strong lock in its queue")).toBe(9);
    expect(figureOf(finding, "statement that waits for that lock").value).toMatch(/^alter table t/);
    const waited = figureOf(finding, "longest wait for it");
    expect([waited.how, waited.isAtLeast]).toEqual(["timed", true]);
  });
});

test.each([
  ["archive-failing", "exit 3"],
  ["archive-hung", "sleep 600"],
])("%s has the rate of the WAL and what a disaster would lose", async (id, command) => {
  await withStage(async (stage) => {
    const primary = await stage.primary({
      segmentMb: 1,
      parameters: { archive_mode: "on", archive_command: command },
    });
    await stage.fill(primary, 1);
    stage.load(primary, ["-c", "1", "-R", "60"]);
    await sleep(1000);
    const observed = await stage.observe(primary, { seconds: id === "archive-hung" ? 14 : 8 });
    const finding = findingOf(observed, id);
    expect(finding).toMatchObject({ verdict: "fail" });
    const perS = figureOf(finding, "WAL");
    expect([perS.how, perS.unit]).toEqual(["mean", "bytes/s"]);
    expect(Number(perS.value)).toBeGreaterThan(0);
    const lengthS = (finding.endMs - finding.startMs) / 1000;
    const grown = figureOf(finding, "more that a disaster would lose than at the start");
    expect(grown.how).toBe("growth");
    // Nothing is archived: all that is written is more that would be lost.
    const expected = Number(perS.value) * lengthS;
    expect(Number(grown.value)).toBeGreaterThan(0.5 * expected - MB);
    expect(Number(grown.value)).toBeLessThan(1.5 * expected + MB);
    const lost = figureOf(finding, "time that a disaster would lose");
    expect([lost.unit, lost.isAtLeast]).toEqual(["ms", true]);
    expect(Number(lost.value)).toBeGreaterThan(lengthS * 500);
  });
});

test("an open transaction that keeps a logical slot back is told, with what its reader has confirmed", async () => {
  await withStage(async (stage) => {
    const primary = await stage.primary({ parameters: { wal_level: "logical" } });
    await primary.sql("create table t (v int)");
    await logicalReader(stage, primary);
    stage.load(primary, ["-c", "1"], "begin;\ninsert into t values (1);\n\\sleep 500 s\ncommit;");
    await sleep(1000);
    await writeMb(primary, 150);
    stage.load(primary, ["-c", "1", "-R", "50"], "insert into t values (2);");
    const old = "select 1 from pg_stat_activity where xact_start < now() - interval '10 s'";
    await until(async () => (await primary.sql(old)).length > 0, "the transaction is old");
    const observed = await stage.observe(primary, { seconds: 11 });
    const finding = findingOf(observed, "slot-held-by-transaction");
    expect(finding).toMatchObject({ verdict: "fail", confidence: "confirmed" });
    const kept = numberOf(finding, "WAL that it keeps although its reader has confirmed it");
    expect(kept).toBeGreaterThan(140 * MB);
    expect(numberOf(finding, "WAL that its reader has not confirmed")).toBeLessThan(20 * MB);
    expect(findingOf(observed, "slot-retains-wal").verdict).toBe("pass");
  });
});

test("sorts that spill are told with what they write, and what to try", async () => {
  await withStage(async (stage) => {
    const primary = await stage.primary({ parameters: { work_mem: "64kB" } });
    await primary.sql(SORTED);
    stage.load(primary, ["-c", "3"], SORT);
    await sleep(1500);
    const observed = await stage.observe(primary, { seconds: 8 });
    const finding = findingOf(observed, "spills-to-disk");
    expect(finding).toMatchObject({ verdict: "fail", confidence: "confirmed" });
    expect(finding.advice).toMatch(/^Try `work_mem = 4MB`/);
    const [perS, files] = ["written to temporary files", "temporary files"].map((name) =>
      numberOf(finding, name),
    );
    expect(perS! / files!).toBeCloseTo(numberOf(finding, "size of a temporary file"), -4);
    expect(findingOf(observed, "cpu-saturated").rank).not.toBe(1);
  });
});

test("dead rows in a catalog are told, with the part of all blocks that are looked at there", async () => {
  await withStage(async (stage) => {
    const primary = await stage.primary({ parameters: { autovacuum: "off" } });
    await leaveDeadColumns(primary, 150_000);
    stage.load(primary, ["-c", "3"], LOOK_UP_COLUMNS);
    await sleep(1500);
    const observed = await stage.observe(primary, { seconds: 11 });
    const finding = findingOf(observed, "catalog-bloat");
    expect(finding).toMatchObject({ verdict: "fail", confidence: "confirmed" });
    expect(figureOf(finding, "catalog").value).toBe("pg_attribute");
    expect(numberOf(finding, "its dead rows")).toBeGreaterThan(150_000);
    expect(numberOf(finding, "blocks looked at that are its own")).toBeGreaterThan(0.2);
  });
});

test("a server with temporary tables, sorts that fit, short locks and an archive that works has none of them", async () => {
  await withStage(async (stage) => {
    const primary = await stage.primary({
      segmentMb: 1,
      parameters: { archive_mode: "on", archive_command: "true", wal_level: "logical" },
    });
    await stage.fill(primary, 1);
    await primary.sql(SORTED);
    await logicalReader(stage, primary);
    const script = `begin;
create temporary table gone (a int) on commit drop;
commit;
begin;
lock table pgbench_tellers;
\\sleep 100 ms
commit;
${SORT}`;
    stage.load(primary, ["-c", "1", "-R", "1"], script);
    stage.load(primary, ["-c", "2", "-R", "20"]);
    await sleep(1500);
    const observed = await stage.observe(primary, { seconds: 11 });
    const wrong = [
      "archive-failing",
      "archive-hung",
      "blocking-transaction",
      "catalog-bloat",
      "slot-held-by-transaction",
      "spills-to-disk",
    ].filter((id) => observed.failed.includes(id));
    expect(wrong).toEqual([]);
    for (const { evidence, startMs, endMs } of observed.model.findings) {
      for (const { name, how, window } of evidence) {
        expect([name, typeof how]).toEqual([name, "string"]);
        expect([name, window.startMs >= startMs, window.endMs <= endMs]).toEqual([
          name,
          true,
          true,
        ]);
      }
    }
  });
});
