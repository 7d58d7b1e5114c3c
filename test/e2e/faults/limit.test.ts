import type { TargetHandle } from "../../../src/contracts/target-handle.ts";
import { existsSync } from "node:fs";
import { expect, test, type TestContext } from "vitest";
import { removeCgroupUndoer } from "../../../src/undoers/remove-cgroup.ts";
import type { UndoEntry } from "../../../src/contracts/undoer.ts";
import { limitCpu } from "../../../src/faults/limit/limit-cpu.ts";
import { limitIo } from "../../../src/faults/limit/limit-io.ts";
import { processesIn } from "../../../src/lib/cgroup-limits.ts";
import { withConnection } from "../../../src/lib/pg-connection.ts";
import { findServerProcesses } from "../../../src/lib/postgresql-server-processes.ts";
import { withPartContext } from "../../support/part-context.ts";
import { shareCluster } from "../cluster/share-cluster.ts";
import { faultContext } from "./fault-context.ts";
import { addressOf, findMember } from "./find-member.ts";
import { withKilledProgram } from "./kill-in-the-middle.ts";

const two = shareCluster({ instances: 2 });
const SPIN = "select count(*) from generate_series(1, 1000000)";
/** A second's worth at `LIMIT`; up to five where a new WAL file is made for it. */
const WAL = "select pg_logical_emit_message(true, 'pgdyno', repeat('x', 4 * 1024 * 1024))";
const LIMIT = { bandwidth: "4MB/s", operations: 1000 };

function groupOf(entries: readonly UndoEntry[]): string {
  const entry = entries.find(({ undo }) => undo === removeCgroupUndoer.kind);
  return removeCgroupUndoer.schema.parse(entry).directory;
}

/** Skips the test, with the reason, where the machine cannot limit. */
async function needs({ skip }: Pick<TestContext, "skip">, whyNot: Promise<string | null>) {
  const because = await whyNot;
  if (because !== null) skip(because);
}

/** CPU-bound work on one member, in milliseconds. */
async function spinMs(handle: TargetHandle, name: string): Promise<number> {
  const endpoint = { ...handle.adminEndpoint!, hosts: [addressOf(handle, name)] };
  const options = { applicationName: "pgdyno-test", timeoutMs: 60_000 };
  return withConnection(endpoint, options, async ({ query }) => {
    const startedMs = performance.now();
    await query(SPIN);
    return performance.now() - startedMs;
  });
}

/** Until the standby has flushed some WAL that is written now, in milliseconds. */
async function flushMs(handle: TargetHandle): Promise<number> {
  const options = { applicationName: "pgdyno-test", timeoutMs: 60_000 };
  return withConnection(handle.adminEndpoint!, options, async ({ query }) => {
    const startedMs = performance.now();
    await query(WAL);
    const [now] = await query<{ lsn: string }>("select pg_current_wal_flush_lsn()::text as lsn");
    const flushed = `select 1 from pg_stat_replication where flush_lsn >= '${now!.lsn}'`;
    await expect.poll(() => query(flushed), { timeout: 60_000, interval: 10 }).toHaveLength(1);
    return performance.now() - startedMs;
  });
}

test("limits a standby's CPU, sessions that come later too, and lets it go", async (context) => {
  const { handle } = two.get();
  await needs(context, limitCpu.whyNot(handle));
  await withPartContext(async ({ context, openEntries }) => {
    const before = await spinMs(handle, "pg2");
    const scene = { context, target: handle, on: "pg2" };
    const options = { cores: 0.1 };
    const applied = await limitCpu.apply(faultContext(limitCpu, scene, { options }));
    const group = groupOf(openEntries());
    const all = findServerProcesses(findMember(handle, "pg2").dataDirectory);
    expect(new Set(processesIn(group))).toEqual(new Set(all));
    const during = await spinMs(handle, "pg2");
    await applied.heal();
    await applied.heal();
    expect(existsSync(group)).toBe(false);
    expect(openEntries()).toEqual([]);
    const after = await spinMs(handle, "pg2");
    process.stderr.write(
      `CPU work: ${before.toFixed(0)} ms, ${during.toFixed(0)} ms with 0.1 cores, ${after.toFixed(0)} ms after\n`,
    );
    expect(during).toBeGreaterThan(2 * Math.min(before, after));
  });
});

test("limits a standby's disk, and lets it go", async (context) => {
  const { handle } = two.get();
  await needs(context, limitIo.whyNot(handle));
  await withPartContext(async ({ context, openEntries }) => {
    const before = await flushMs(handle);
    const scene = { context, target: handle, on: "pg2" };
    const applied = await limitIo.apply(faultContext(limitIo, scene, { options: LIMIT }));
    const group = groupOf(openEntries());
    const during = await flushMs(handle);
    await applied.heal();
    expect(existsSync(group)).toBe(false);
    process.stderr.write(
      `4 MB of WAL flushed by the standby: ${before.toFixed(0)} ms, ${during.toFixed(0)} ms at 4 MB/s\n`,
    );
    expect(during).toBeGreaterThan(800);
  });
});

test.for([
  ["gc", 60_000],
  ["its time limit", 5000],
] as const)(
  "after kill -9 of who limited a standby, %s ends it",
  async ([by, timeLimitMs], context) => {
    const { handle } = two.get();
    await needs(context, limitCpu.whyNot(handle));
    const leave = { fault: limitCpu.id, on: "pg2", timeLimitMs };
    await withKilledProgram(handle, leave, async ({ left, gc }) => {
      const group = groupOf(left);
      expect(processesIn(group)).toContain(findMember(handle, "pg2").postmasterPid);
      if (by === "gc") expect((await gc()).every(({ error }) => error === null)).toBe(true);
      await expect.poll(() => existsSync(group), { timeout: 20_000 }).toBe(false);
      expect(await spinMs(handle, "pg2")).toBeGreaterThan(0);
    });
  },
);
