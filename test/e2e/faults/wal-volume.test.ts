import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { walVolumeFull } from "../../../src/faults/wal-volume/wal-volume-full.ts";
import { removeFileUndoer } from "../../../src/undoers/remove-file.ts";
import { withPartContext } from "../../support/part-context.ts";
import { withSmallVolume } from "../../support/small-volume.ts";
import { withCluster, type TestCluster } from "../cluster/with-cluster.ts";
import { faultContext } from "./fault-context.ts";
import { askMember, findMember } from "./find-member.ts";
import { withKilledProgram } from "./kill-in-the-middle.ts";

const MANY_MB = "select pg_logical_emit_message(false, 'pgdyno', repeat('x', 40000000))";
/** For a statement that writes so much, on a disk that others keep busy. */
const WRITE_MS = 30_000;

test("refuses where the WAL shares its volume", async () => {
  await withCluster({ instances: 2 }, async ({ handle }) => {
    expect(await walVolumeFull.whyNot(handle)).toMatch(/^The WAL is on no volume of its own/);
    await withPartContext(async ({ context, openEntries }) => {
      const scene = { context, target: handle, on: "pg1" };
      await expect(walVolumeFull.apply(faultContext(walVolumeFull, scene))).rejects.toThrow(
        /`wal-volume-full` could not be applied to pg1: The WAL is on no volume of its own/,
      );
      expect(openEntries()).toEqual([]);
    });
  });
});

test("fills the WAL's volume until PostgreSQL panics; heal, gc and its time limit make room again", async (context) => {
  await withSmallVolume(context, 160, async (walDirectory) => {
    await withCluster({ instances: 1, walDirectory }, async (one) => {
      await makesRoomAfterKill(one, "gc");
      await makesRoomAfterKill(one, "its time limit");
      await panicsAndHeals(one);
    });
  });
});

async function panicsAndHeals({ handle, can }: TestCluster): Promise<void> {
  expect(await walVolumeFull.whyNot(handle)).toBeNull();
  await withPartContext(async ({ context, openEntries }) => {
    const { logFile } = findMember(handle, "pg1");
    const scene = { context, target: handle, on: "pg1" };
    const applied = await walVolumeFull.apply(faultContext(walVolumeFull, scene));
    expect(applied.text).toMatch(/; 0 are left$/);
    await expect(askMember(handle, "pg1", MANY_MB, WRITE_MS)).rejects.toThrow();
    await expect
      .poll(() => readFileSync(logFile, "utf8"), { timeout: 20_000 })
      .toMatch(/PANIC.*No space left/s);
    await applied.heal();
    await applied.heal();
    expect(openEntries()).toEqual([]);
    await can.members.start("pg1", AbortSignal.timeout(60_000));
    await expect
      .poll(() => askMember(handle, "pg1", "select 1 as one").catch(() => []), { timeout: 30_000 })
      .toEqual([{ one: 1 }]);
  });
}

async function makesRoomAfterKill({ handle }: TestCluster, by: string): Promise<void> {
  const timeLimitMs = by === "gc" ? 60_000 : 5000;
  const leave = { fault: walVolumeFull.id, on: "pg1", timeLimitMs };
  await withKilledProgram(handle, leave, async ({ left, gc }) => {
    const entry = left.find(({ undo }) => undo === removeFileUndoer.kind);
    const file = removeFileUndoer.schema.parse(entry).path;
    expect(existsSync(file)).toBe(true);
    if (by === "gc") expect((await gc()).every(({ error }) => error === null)).toBe(true);
    await expect.poll(() => existsSync(file), { timeout: 20_000 }).toBe(false);
    await askMember(handle, "pg1", MANY_MB, WRITE_MS);
  });
}
