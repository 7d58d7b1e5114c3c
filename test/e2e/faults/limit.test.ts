import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { UndoEntry } from "../../../src/contracts/context.ts";
import type { TargetHandle } from "../../../src/contracts/target.ts";
import { limitCpu } from "../../../src/faults/limit/limit-cpu.ts";
import { limitIo } from "../../../src/faults/limit/limit-io.ts";
import { processesIn } from "../../../src/lib/cgroup-limits.ts";
import { withConnection } from "../../../src/lib/pg-connection.ts";
import { findServerProcesses } from "../../../src/lib/postgresql-server-processes.ts";
import { withPartContext } from "../../support/part-context.ts";
import { withCluster } from "../cluster/with-cluster.ts";
import { faultContext } from "./fault-context.ts";
import { findMember } from "./find-member.ts";
import { withKilledProgram } from "./kill-in-the-middle.ts";

const TWO = { instances: 2 };
const SPIN = "select count(*) from generate_series(1, 3000000)";

function groupOf(entries: readonly UndoEntry[]): string {
  const entry = entries.find(({ undo }) => undo === "remove-cgroup");
  if (entry?.undo !== "remove-cgroup") throw new Error("no group in the journal");
  return entry.directory;
}

/** Why the test cannot be done here, where it cannot. */
async function isNotPossible(reason: Promise<string | null>): Promise<boolean> {
  const text = await reason;
  if (text !== null) process.stderr.write(`skipped: ${text}\n`);
  return text !== null;
}

/** CPU-bound work on one member, in milliseconds. */
async function spinMs(handle: TargetHandle, name: string): Promise<number> {
  const endpoint = { ...handle.adminEndpoint!, hosts: [handle.cluster!.addressOf(name)] };
  const options = { applicationName: "pgdyno-test", timeoutMs: 60_000 };
  return withConnection(endpoint, options, async ({ query }) => {
    const startedMs = performance.now();
    await query(SPIN);
    return performance.now() - startedMs;
  });
}

test("limits a standby's CPU, sessions that come later too, and lets it go", async () => {
  await withCluster(TWO, async ({ handle }) => {
    if (await isNotPossible(limitCpu.whyNot(handle))) return;
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
});

test("limits a standby's disk, and lets it go", async () => {
  await withCluster(TWO, async ({ handle }) => {
    if (await isNotPossible(limitIo.whyNot(handle))) return;
    await withPartContext(async ({ context, openEntries }) => {
      const replayMs = async () => {
        const startedMs = performance.now();
        const options = { applicationName: "pgdyno-test", timeoutMs: 60_000 };
        await withConnection(handle.adminEndpoint!, options, async ({ query }) => {
          await query("select pg_logical_emit_message(false, 'pgdyno', repeat('x', 4000000))");
          await query("create table if not exists flushed (at timestamptz)");
          await query(`do $$ begin
            while (select flush_lsn < pg_current_wal_flush_lsn() from pg_stat_replication)
            loop perform pg_sleep(0.01), pg_stat_clear_snapshot(); end loop; end $$`);
        });
        return performance.now() - startedMs;
      };
      await replayMs();
      const before = await replayMs();
      const scene = { context, target: handle, on: "pg2" };
      const options = { bandwidth: "2MB/s", operations: 1000 };
      const applied = await limitIo.apply(faultContext(limitIo, scene, { options }));
      const group = groupOf(openEntries());
      const during = await replayMs();
      await applied.heal();
      expect(existsSync(group)).toBe(false);
      process.stderr.write(
        `4 MB of WAL flushed by the standby: ${before.toFixed(0)} ms, ${during.toFixed(0)} ms at 2 MB/s\n`,
      );
      expect(during).toBeGreaterThan(1500);
    });
  });
});

test.each([
  ["gc", 60_000],
  ["its time limit", 2000],
])("after kill -9 of who limited a standby, %s ends it", async (by, timeLimitMs) => {
  await withCluster(TWO, async ({ handle }) => {
    if (await isNotPossible(limitCpu.whyNot(handle))) return;
    const leave = { fault: limitCpu.id, on: "pg2", timeLimitMs };
    await withKilledProgram(handle, leave, async ({ left, gc }) => {
      const group = groupOf(left);
      expect(processesIn(group)).toContain(findMember(handle, "pg2").postmasterPid);
      if (by === "gc") expect((await gc()).every(({ error }) => error === null)).toBe(true);
      else await sleep(2500);
      expect(existsSync(group)).toBe(false);
      expect(await spinMs(handle, "pg2")).toBeGreaterThan(0);
    });
  });
});
