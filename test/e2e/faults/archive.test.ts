import type { TargetHandle } from "../../../src/contracts/target-handle.ts";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Fault } from "../../../src/contracts/fault.ts";
import { archiveFailing } from "../../../src/faults/archive/archive-failing.ts";
import { archiveHanging } from "../../../src/faults/archive/archive-hanging.ts";
import { archiveSlow } from "../../../src/faults/archive/archive-slow.ts";
import { withPartContext } from "../../support/part-context.ts";
import { shareCluster } from "../cluster/share-cluster.ts";
import { faultContext } from "./fault-context.ts";
import { askMember } from "./find-member.ts";

const one = shareCluster({ instances: 1, archive: {} });
/** Longer than an attempt to archive a file takes here, by far. */
const IN_FORCE_MS = 2500;

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

/** Returns when no file waits any more. */
async function untilQuiet(handle: TargetHandle): Promise<void> {
  const sql =
    "select count(*)::int as ready from pg_ls_archive_statusdir() where name like '%.ready'";
  const ready = async () => (await askMember<{ ready: number }>(handle, "pg1", sql))[0]!.ready;
  await expect.poll(ready, { timeout: 30_000, interval: 50 }).toBe(0);
}

/**
 * Returns when another file is archived. After three failures PostgreSQL waits up to a minute, unless
 * another file wants to be archived meanwhile; so one does at each look.
 */
async function untilArchived(handle: TargetHandle, { archived }: Archiver): Promise<void> {
  const look = async () => {
    if ((await askArchiver(handle)).archived > archived) return true;
    await endWalFile(handle);
    return false;
  };
  await expect.poll(look, { timeout: 70_000, interval: 300 }).toBe(true);
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
  [archiveSlow, { latency: "6s" }, (before, after) => expect(after).toEqual(before)],
])("$id keeps files from the archive, and heals", async (fault, options, judge) => {
  const { handle } = one.get();
  expect(await fault.whyNot(handle)).toBeNull();
  await untilArchived(handle, await endWalFile(handle));
  await untilQuiet(handle);
  await withPartContext(async ({ context }) => {
    const scene = { context, target: handle, on: "pg1" };
    const applied = await fault.apply(faultContext(fault, scene, { options }));
    const before = await endWalFile(handle);
    await sleep(IN_FORCE_MS);
    judge(before, await askArchiver(handle));
    await applied.heal();
    await applied.heal();
    await untilArchived(handle, before);
  });
});
