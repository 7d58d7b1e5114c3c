import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Fault } from "../../../src/contracts/fault.ts";
import type { TargetHandle } from "../../../src/contracts/target.ts";
import { archiveFailing } from "../../../src/faults/archive/archive-failing.ts";
import { archiveHanging } from "../../../src/faults/archive/archive-hanging.ts";
import { archiveSlow } from "../../../src/faults/archive/archive-slow.ts";
import { withPartContext } from "../../support/part-context.ts";
import { withCluster } from "../cluster/with-cluster.ts";
import { faultContext } from "./fault-context.ts";
import { askMember } from "./find-member.ts";

interface Archiver {
  readonly archived: number;
  readonly failed: number;
}

/** Fills a little of a WAL file and ends it, so that it is archived. @returns the counts before. */
async function endWalFile(handle: TargetHandle): Promise<Archiver> {
  const before = await askArchiver(handle);
  await askMember(handle, "pg1", "select pg_logical_emit_message(true, 'pgdyno', 'x')");
  await askMember(handle, "pg1", "select pg_switch_wal()");
  return before;
}

async function askArchiver(handle: TargetHandle): Promise<Archiver> {
  const sql =
    "select archived_count::int as archived, failed_count::int as failed from pg_stat_archiver";
  return (await askMember<Archiver & Record<string, number>>(handle, "pg1", sql))[0]!;
}

/** Milliseconds until the next file is archived. */
async function archiveMs(handle: TargetHandle, { archived }: Archiver): Promise<number> {
  const startedMs = performance.now();
  await expect
    .poll(async () => (await askArchiver(handle)).archived, { timeout: 70_000, interval: 20 })
    .toBeGreaterThan(archived);
  return performance.now() - startedMs;
}

test.each<[Fault, unknown, (before: Archiver, after: Archiver) => void]>([
  [
    archiveFailing,
    {},
    (before, after) => {
      expect(after.failed).toBeGreaterThan(before.failed);
      expect(after.archived).toBe(before.archived);
    },
  ],
  [archiveHanging, {}, (before, after) => expect(after).toEqual(before)],
  [archiveSlow, { latency: "5s" }, (before, after) => expect(after).toEqual(before)],
])("$id keeps files from the archive, and heals", async (fault, options, judge) => {
  await withCluster({ instances: 1, archive: {} }, async ({ handle }) => {
    expect(await fault.whyNot(handle)).toBeNull();
    await archiveMs(handle, await endWalFile(handle));
    await withPartContext(async ({ context }) => {
      const scene = { context, target: handle, on: "pg1" };
      const applied = await fault.apply(faultContext(fault, scene, { options }));
      const before = await endWalFile(handle);
      await sleep(2500);
      judge(before, await askArchiver(handle));
      await applied.heal();
      await applied.heal();
      await archiveMs(handle, before);
    });
  });
});
