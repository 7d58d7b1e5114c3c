import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { checkLedger } from "../../../src/analysis/check-ledger.ts";
import { ledgerScript } from "../../../src/workloads/native/ledger/ledger-script.ts";
import { BUILTIN_SCRIPTS } from "../../../src/workloads/native/script/builtin-scripts.ts";
import { initializeData } from "../../../src/workloads/native/initialize-data.ts";
import { killAndRestart, type Restarted } from "../../support/restart-postgres.ts";
import { runLoad } from "../../../src/workloads/native/run-load.ts";
import { fields, message, OK as FAKE_OK, startFakePostgres } from "./fake-postgres.ts";
import { loadOf, trustedEndpoint } from "./load-of.ts";
import { withLedger, type LedgerScene } from "./ledger-scene.ts";

test("a healthy load passes, and every write is in the ledger with its server and position", async () => {
  await withLedger(async (scene) => {
    const summary = await scene.load({ transactionsPerClient: 50 });
    expect(summary).toMatchObject({ transactions: 200, failed: 0, unknown: 0 });
    const ledger = await scene.read();
    const { writes, servers } = ledger;
    const { port } = scene.server.endpoint.hosts[0]!;
    expect(servers).toMatchObject([{ address: "127.0.0.1", port, timeline: 1 }]);
    expect(writes.count).toBe(200);
    const lsns = [...writes.lsnBytes.subarray(0, 200)];
    expect(new Set(lsns).size).toBeGreaterThan(150);
    const [flushed] = await scene.query("select (pg_current_wal_flush_lsn() - '0/0')::text as at");
    expect(Math.max(...lsns)).toBeLessThan(Number(flushed!["at"]));
    expect(Math.min(...lsns)).toBeGreaterThan(Number(flushed!["at"]) / 2);
    for (let i = 0; i < 200; i++) {
      expect(writes.answeredUs[i]! - writes.sentUs[i]!).toBeGreaterThan(50);
      expect(writes.sentUs[i]! / 1000).toBeGreaterThanOrEqual(ledger.startMs! - 1);
    }
    expect(checkLedger(ledger)).toMatchObject({
      is: "pass",
      counts: { ok: 200 },
      table: { neverSent: 0, rowsMissingFromIndex: 0 },
      dual: [],
    });
  });
});

test.each(["simple", "extended", "prepared"] as const)(
  "goes beside other scripts, by weight, in the %s protocol",
  async (protocol) => {
    await withLedger(async (scene) => {
      await initializeData(scene.server.endpoint, { scale: 1 });
      const summary = await scene.load({
        protocol,
        scripts: [
          { name: "simple-update", text: BUILTIN_SCRIPTS["simple-update"], weight: 3 },
          ledgerScript({ payloadBytes: 3000, weight: 1 }),
        ],
        ledger: { ...scene.ledger, script: 1 },
        transactionsPerClient: 40,
      });
      expect(summary).toMatchObject({ transactions: 160, failed: 0 });
      const verdict = await scene.check();
      expect(verdict.is).toBe("pass");
      expect(verdict.counts.ok).toBe(summary.statements.at(-1)!.count);
      expect(verdict.counts.ok).toBeGreaterThan(15);
      expect(verdict.counts.ok).toBeLessThan(80);
    });
  },
);

test("catches a row that is deleted, one that is invented, and one that is doubled, behind its back", async () => {
  await withLedger(async (scene) => {
    await scene.load({ transactionsPerClient: 50 });
    await scene.query("delete from pgdyno_ledger where client = 2 and seq = 17");
    expect(await scene.check()).toMatchObject({
      is: "fail",
      table: { lost: { count: 1 }, holes: 1, neverSent: 0 },
    });
    await scene.query("insert into pgdyno_ledger values (2, 17, '')");
    expect(await scene.check()).toMatchObject({ is: "pass" });
    await scene.query("insert into pgdyno_ledger values (3, 51, ''), (99, 1, '')");
    expect(await scene.check()).toMatchObject({ is: "fail", table: { neverSent: 2 } });
    await scene.query("delete from pgdyno_ledger where seq = 51 or client = 99");
    await scene.query("alter table pgdyno_ledger drop constraint pgdyno_ledger_pkey");
    await scene.query("insert into pgdyno_ledger values (3, 50, '')");
    expect(await scene.check()).toMatchObject({ is: "fail", table: { duplicates: 1 } });
  });
});

const WAITING =
  "select pid from pg_stat_activity where wait_event = 'SyncRep' and query like 'INSERT INTO pgdyno_ledger%'";

/** The table is made, then commits wait for a standby that never comes. */
async function loadThatWaits(
  scene: LedgerScene,
): Promise<{ done: Promise<unknown>; stop(): void }> {
  const stop = new AbortController();
  await scene.query("alter system set synchronous_standby_names = ''");
  await scene.query("select pg_reload_conf()");
  const done = scene.load({
    clients: 1,
    workers: 1,
    durationS: null,
    signal: stop.signal,
    requestTimeoutMs: 60_000,
  });
  await scene.until("select 1 from pg_class where relname = 'pgdyno_ledger'");
  await scene.until("select 1 from pgdyno_ledger");
  await scene.query("alter system set synchronous_standby_names = 'nobody'");
  await scene.query("select pg_reload_conf()");
  return { done, stop: () => stop.abort(new Error("enough")) };
}

test("a backend that is ended while it waits for its standby leaves a write unknown, and it is there", async () => {
  await withLedger(async (scene) => {
    const load = await loadThatWaits(scene);
    const { pid } = await scene.until(WAITING);
    await scene.query(`select pg_terminate_backend(${String(pid)})`);
    await scene.until(`${WAITING} and pid <> ${String(pid)}`);
    // The next life of the client waits as well; let it through.
    await scene.query("alter system set synchronous_standby_names = ''");
    await scene.query("select pg_reload_conf()");
    await sleep(300);
    load.stop();
    await load.done;
    const ledger = await scene.read();
    const verdict = checkLedger(ledger);
    expect(verdict).toMatchObject({
      is: "pass",
      counts: { unknown: 1, fail: 0, okWarn: 0 },
      table: { unknownPresent: 1, unknownAbsent: 0 },
    });
    // The identity of the unknown write is used no more.
    const { client, count } = ledger.writes;
    expect([...new Set(client.subarray(0, count))]).toEqual([0, 1]);
  });
});

test("a wait for a standby that is cancelled is acknowledged, and not promised", async () => {
  await withLedger(async (scene) => {
    const load = await loadThatWaits(scene);
    const { pid } = await scene.until(WAITING);
    await scene.query("alter system set synchronous_standby_names = ''");
    await scene.query(`select pg_cancel_backend(${String(pid)})`);
    await scene.query("select pg_reload_conf()");
    await sleep(300);
    load.stop();
    await load.done;
    expect(await scene.check()).toMatchObject({
      is: "pass",
      counts: { okWarn: 1, unknown: 0, fail: 0 },
    });
  });
});

test("an acknowledgement with the server's last word right behind it is not promised", async () => {
  const fake = await startFakePostgres();
  const fatal = { S: "FATAL", V: "FATAL", C: "57P01", M: "terminating connection" };
  fake.answer = () =>
    Buffer.concat([FAKE_OK, message("Z", "I"), message("E", fields(fatal)), FAKE_OK]);
  try {
    const summary = await runLoad(
      loadOf(trustedEndpoint(fake.port), "COMMIT;", { transactionsPerClient: 1 }),
      { onSecond() {} },
    );
    expect(summary).toMatchObject({ transactions: 1, okWarn: 1, failed: 0, unknown: 0 });
  } finally {
    await fake.close();
  }
});

/** The longest stretch without a logged write, in UTC ms. */
async function readOutage(logFile: string): Promise<{ fromMs: number; toMs: number }> {
  const log = await readFile(logFile, "utf8");
  const writes = [...log.matchAll(/^(\S+ \S+) UTC .*duration: .*execute P_0: INSERT/gm)]
    .map(([, at]) => Date.parse(`${at!.replace(" ", "T")}Z`))
    .sort((x, y) => x - y);
  let longest = { fromMs: 0, toMs: 0 };
  for (const [i, toMs] of writes.entries()) {
    const fromMs = writes[i - 1] ?? toMs;
    if (toMs - fromMs > longest.toMs - longest.fromMs) longest = { fromMs, toMs };
  }
  return longest;
}

test("a durable server loses nothing by kill -9, and the gap is that of its log", async () => {
  await withLedger(
    async (scene) => {
      let restarted: Promise<Restarted> | null = null;
      try {
        const summary = await scene.load({ clients: 8, durationS: 7 }, ({ index }) => {
          if (index === 1) restarted = killAndRestart(scene.server, 1500);
        });
        const faultMs = (await restarted!).killedEpochMs - scene.epochMs;
        const verdict = await scene.check(faultMs);
        expect(verdict).toMatchObject({
          is: "pass",
          servers: 2,
          dual: [],
          table: { lost: { count: 0 }, lostWarned: { count: 0 }, failedPresent: 0 },
        });
        const { ok, okWarn, unknown } = verdict.counts;
        expect(ok + okWarn).toBe(summary.transactions);
        expect(unknown).toBe(summary.unknown);
        const gap = verdict.gaps.service!;
        const logged = await readOutage(scene.server.logFile);
        expect(logged.toMs - logged.fromMs).toBeGreaterThan(1500);
        expect(gap.ended).toBe(true);
        expect(Math.abs(scene.epochMs + gap.fromMs - logged.fromMs)).toBeLessThan(50);
        expect(Math.abs(scene.epochMs + gap.toMs - logged.toMs)).toBeLessThan(50);
        expect(verdict.gaps.client!.lengthMs).toBeGreaterThanOrEqual(gap.lengthMs);
      } finally {
        (await (restarted as Promise<Restarted> | null))?.stop();
      }
    },
    {
      parameters: {
        log_line_prefix: "%m [%p] ",
        log_timezone: "UTC",
        log_min_duration_statement: "0",
      },
    },
  );
});

test("a server that acknowledges before it is durable loses by kill -9, and the loss is found", async () => {
  await withLedger(
    async (scene) => {
      let restarted: Promise<Restarted> | null = null;
      try {
        const hold = async (): Promise<Restarted> => {
          // Without its WAL writer nothing makes an acknowledged commit durable.
          const { pid } = await scene.until(
            "select pid from pg_stat_activity where backend_type = 'walwriter'",
          );
          process.kill(Number(pid), "SIGSTOP");
          await sleep(1000);
          const killed = killAndRestart(scene.server, 1000);
          await sleep(300);
          process.kill(Number(pid), "SIGKILL");
          return killed;
        };
        await scene.load({ clients: 8, durationS: 6 }, ({ index }) => {
          if (index === 0) restarted = hold();
        });
        const faultMs = (await restarted!).killedEpochMs - scene.epochMs;
        const verdict = await scene.check(faultMs);
        expect(verdict).toMatchObject({ is: "fail", servers: 2, dual: [], table: { holes: 0 } });
        const { lost, failedPresent, neverSent } = verdict.table!;
        expect(lost.count).toBeGreaterThan(10);
        expect([failedPresent, neverSent]).toEqual([0, 0]);
        expect(verdict.rpoMs).toBeGreaterThan(500);
        expect(verdict.rpoMs).toBeLessThan(3000);
        expect(lost.lastLsnBytes! - lost.firstLsnBytes!).toBeGreaterThan(lost.count * 100);
      } finally {
        (await (restarted as Promise<Restarted> | null))?.stop();
      }
    },
    { parameters: { synchronous_commit: "off", wal_buffers: "32MB" } },
  );
});
