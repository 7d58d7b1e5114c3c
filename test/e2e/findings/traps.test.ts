import type { TargetHandle } from "../../../src/contracts/target-handle.ts";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { freezeWalreceiver } from "../../../src/faults/freeze/freeze-walreceiver.ts";
import type { Finding } from "../../../src/findings/rule.ts";
import { withConnection } from "../../../src/lib/pg-connection.ts";
import type { ReportModel } from "../../../src/report/model.ts";
import { withPartContext } from "../../support/part-context.ts";
import { withCluster } from "../cluster/with-cluster.ts";
import { faultContext } from "../faults/fault-context.ts";
import { askMember } from "../faults/find-member.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const MB = 1024 ** 2;
const SLOT_KEEPS = "32MB";
const OBSERVED_S = 8;

/** More than a standby may be behind with its slot kept, and more than the line holds. */
const FIRST_MB = 24;
const MORE_MB = 96;

interface SeenByColumns {
  readonly state: string;
  readonly lag_ms: number | null;
  readonly behind: number;
}

/** What `pg_stat_replication` says, its times and its positions. */
async function readColumns(handle: TargetHandle): Promise<SeenByColumns> {
  const sql = `select state, (extract(epoch from write_lag) * 1000)::float8 as lag_ms,
                      (pg_current_wal_lsn() - write_lsn)::float8 as behind
                 from pg_stat_replication`;
  return (await askMember<SeenByColumns & Record<string, never>>(handle, "pg1", sql, 10_000))[0]!;
}

async function writeMb(handle: TargetHandle, megabytes: number): Promise<void> {
  const sql = `select count(pg_logical_emit_message(true, 'pgdyno', repeat('x', ${MB})))
                 from generate_series(1, ${megabytes})`;
  await askMember(handle, "pg1", sql, 60_000);
}

/** A little WAL all the time, so that the standby has something to answer to. */
function keepWriting(handle: TargetHandle): () => Promise<void> {
  const stop = new AbortController();
  const options = { applicationName: "pgdyno-test", timeoutMs: 30_000 };
  const writing = withConnection(handle.adminEndpoint!, options, async ({ query }) => {
    while (!stop.signal.aborted) {
      await query("select pg_logical_emit_message(true, 'pgdyno', repeat('x', 100000))");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
  return async () => {
    stop.abort();
    await writing;
  };
}

/** `pgdyno observe` as somebody runs it, with a role that may only look. */
async function observe(handle: TargetHandle): Promise<{ model: ReportModel; tookMs: number }> {
  const runs = await mkdtemp("/tmp/pgdyno-runs-");
  const dsnOf = (name: string) => {
    const { monitorEndpoint } = handle.instances.find((instance) => instance.name === name)!;
    const { user, password, database, hosts } = monitorEndpoint;
    return `postgresql://${user}:${password!.reveal()}@127.0.0.1:${hosts[0]!.port}/${database}`;
  };
  const args = [
    "--import=tsx",
    path.join(ROOT, "src/cli/main.ts"),
    "observe",
    `--dsn=${dsnOf("pg1")}`,
    `--standby=${dsnOf("pg2")}`,
    `--for=${OBSERVED_S}s`,
    `--runs=${runs}`,
    "--format=json",
  ];
  const startedMs = performance.now();
  try {
    const out = await new Promise<string>((resolve, reject) => {
      const limits = { cwd: ROOT, maxBuffer: 64 * MB, timeout: 90_000 };
      execFile(process.execPath, args, limits, (error, stdout, stderr) => {
        // Its status is 1 where something is found.
        if (stdout === "") reject(new Error(stderr, { cause: error }));
        else resolve(stdout);
      });
    });
    return { model: JSON.parse(out) as ReportModel, tookMs: performance.now() - startedMs };
  } finally {
    await rm(runs, { recursive: true });
  }
}

const valueOf = ({ evidence }: Finding, name: string) =>
  evidence.find((item) => item.name === name)?.value;

/** Whether it ends in time; the statement is left alone then, as a client does that has waited enough. */
function checkpointEnds(handle: TargetHandle, withinMs: number): Promise<boolean> {
  return askMember(handle, "pg1", "checkpoint", withinMs).then(
    () => true,
    () => false,
  );
}

/** Nothing more goes out: the line is full. */
async function untilSenderIsStuck(handle: TargetHandle): Promise<void> {
  const sent = async () => {
    const sql = "select sent_lsn::text as lsn from pg_stat_replication";
    return (await askMember<{ lsn: string }>(handle, "pg1", sql, 10_000))[0]!.lsn;
  };
  let before = await sent();
  const stoodStill = async () => {
    const now = await sent();
    const isSame = now === before;
    before = now;
    return isSame;
  };
  await expect.poll(stoodStill, { timeout: 30_000, interval: 2000 }).toBe(true);
}

function judge(model: ReportModel, hangs: boolean): void {
  const finding = (id: string) => model.findings.find((one) => one.id === id)!;
  const stuck = finding("checkpointer-stuck");
  if (!hangs) {
    // The sender was ended, and the standby is no longer connected.
    expect(stuck.verdict).toBe("pass");
    expect(finding("slot-lost").verdict).toBe("fail");
    return;
  }
  expect(stuck.verdict).toBe("fail");
  expect(stuck.because).toMatch(/ReplicationSlotDrop/);
  const standby = finding("standby-frozen");
  expect(standby).toMatchObject({ verdict: "fail", confidence: "confirmed", rank: 1 });
  expect(valueOf(standby, "since its last answer")).toBeGreaterThan(5000);
  expect(valueOf(standby, "WAL that it has not confirmed")).toBeGreaterThan(
    (FIRST_MB + MORE_MB - 8) * MB,
  );
}

/**
 * The lag columns keep the last quick answer of a standby that is frozen. A checkpoint that is to give
 * up its slot has its sender end, which first wants to tell the standby: where the line is full, both
 * wait until the standby goes on.
 */
test.each([
  ["machine", 15],
  ["embedded", 18],
])(
  "a frozen standby with a slot (%s %s) is seen for what it is, and a checkpointer that waits for it too",
  async (from, version) => {
    const parameters = { shared_buffers: "32MB", max_connections: 40, max_wal_size: "1GB" };
    const given = {
      instances: 2,
      maxSlotWalKeepSize: SLOT_KEEPS,
      postgresql: { from, version, parameters },
    };
    await withCluster(given, async ({ handle }) => {
      await withPartContext(async ({ context }) => {
        await writeMb(handle, 1);
        await expect.poll(async () => (await readColumns(handle)).behind).toBeLessThan(MB);
        const scene = { context, target: handle, on: "pg2" };
        const frozen = await freezeWalreceiver.apply(faultContext(freezeWalreceiver, scene));
        try {
          await writeMb(handle, FIRST_MB);
          const columns = await readColumns(handle);
          process.stderr.write(
            `${version}: ${columns.state}, write_lag ${columns.lag_ms?.toFixed(2)} ms, ${(columns.behind / MB).toFixed(0)} MB behind\n`,
          );
          // The trap: the columns say that all is well.
          expect(columns.state).toBe("streaming");
          expect(columns.behind).toBeGreaterThan((FIRST_MB - 8) * MB);
          expect(columns.lag_ms ?? 0).toBeLessThan(1000);

          await writeMb(handle, MORE_MB);
          await untilSenderIsStuck(handle);
          const hangs = !(await checkpointEnds(handle, 3000));
          process.stderr.write(`${version}: the checkpoint ${hangs ? "hangs" : "ends"}\n`);
          const stop = keepWriting(handle);
          const { model, tookMs } = await observe(handle);
          await stop();
          // Nothing of ours waited for the checkpoint.
          expect(tookMs).toBeLessThan(OBSERVED_S * 1000 + 40_000);
          judge(model, hangs);

          await frozen.heal();
          expect(await checkpointEnds(handle, 30_000)).toBe(true);
          expect(
            await askMember(handle, "pg1", "select wal_status as status from pg_replication_slots"),
          ).toEqual([{ status: "lost" }]);
        } finally {
          await frozen.heal();
        }
      });
    });
  },
  150_000,
);
