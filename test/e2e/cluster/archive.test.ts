import type { TargetHandle } from "../../../src/contracts/target-handle.ts";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { withConnection, type Connection } from "../../../src/lib/pg-connection.ts";
import { findPrimary } from "../faults/find-member.ts";
import { withCluster } from "./with-cluster.ts";

const SEGMENT = /^[0-9A-F]{24}$/;

async function countReady(handle: TargetHandle): Promise<number> {
  const { dataDirectory } = findPrimary(handle);
  const names = await readdir(path.join(dataDirectory, "pg_wal", "archive_status"));
  return names.filter((name) => /^[0-9A-F]{24}\.ready$/.test(name)).length;
}

function withAdmin<T>(handle: TargetHandle, work: (connection: Connection) => Promise<T>) {
  const options = { applicationName: "pgdyno-test", timeoutMs: 20_000 };
  return withConnection(handle.adminEndpoint!, options, work);
}

/** So many full segments, as fast as the server writes them. */
async function writeSegments(handle: TargetHandle, count: number): Promise<void> {
  await withAdmin(handle, async ({ query }) => {
    for (let segment = 0; segment < count; segment += 1) {
      await query(
        "select count(pg_logical_emit_message(false, 'pgdyno', repeat('x', 1000000))) from generate_series(1, 16)",
      );
      await query("select pg_switch_wal()");
    }
  });
}

async function until(what: () => Promise<boolean>, timeoutMs: number): Promise<number> {
  const startedMs = performance.now();
  while (!(await what())) {
    if (performance.now() - startedMs > timeoutMs) throw new Error("it did not happen in time");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return performance.now() - startedMs;
}

test("a serial archive at 8 MB/s falls behind WAL that is written faster, and lifting the limit drains it", async () => {
  const archive = { bandwidth: "8MB/s" };
  await withCluster({ instances: 1, archive }, async ({ handle, can }) => {
    const control = can.archive;
    await writeSegments(handle, 6);
    const behind = await countReady(handle);
    const archived = async () =>
      (await readdir(control.directory)).filter((name) => SEGMENT.test(name)).length;
    const before = await archived();
    const startedMs = performance.now();
    await until(async () => (await archived()) >= before + 2, 10_000);
    const secondsEach = (performance.now() - startedMs) / 2000;
    expect(behind).toBeGreaterThanOrEqual(4);
    // 16 MB at 8 MB/s are 2 s each; the first of the two was under way already.
    expect(secondsEach).toBeGreaterThan(1);
    expect(secondsEach).toBeLessThan(2.8);
    await control.set({ bandwidthBytesPerS: null });
    await until(async () => (await countReady(handle)) === 0, 10_000);
  });
});

test("a parallel archive at the same bandwidth of each stream keeps up several times as well", async () => {
  const archive = { bandwidth: "8MB/s", concurrency: 4 };
  await withCluster({ instances: 1, archive }, async ({ handle, can }) => {
    await writeSegments(handle, 8);
    const drainMs = await until(async () => (await countReady(handle)) === 0, 15_000);
    // One after the other they would take 16 s.
    expect(drainMs).toBeLessThan(8000);
    const names = await readdir(can.archive.directory);
    expect(names.filter((name) => SEGMENT.test(name)).length).toBeGreaterThanOrEqual(8);
    expect(names.filter((name) => name.startsWith("."))).toEqual([]);
  });
});

test("a failing archive is counted as failed, a hanging one as neither; both catch up when healed", async () => {
  const archive = { compression: "gzip" };
  await withCluster({ instances: 1, archive }, async ({ handle, can }) => {
    const control = can.archive;
    const counts = () =>
      withAdmin(handle, async ({ query }) => {
        const [row] = await query<{ failed: string; archived: string }>(
          "select failed_count as failed, archived_count as archived from pg_stat_archiver",
        );
        return { failed: Number(row!.failed), archived: Number(row!.archived) };
      });
    await control.set({ failing: true });
    await writeSegments(handle, 1);
    await until(async () => (await counts()).failed > 0, 10_000);
    await control.set({ failing: false, hanging: true });
    await writeSegments(handle, 1);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const hung = await counts();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await counts()).toEqual(hung);
    await control.set({ hanging: false });
    await until(async () => (await countReady(handle)) === 0, 70_000);
    const names = await readdir(control.directory);
    expect(names.filter((name) => /^[0-9A-F]{24}\.gz$/.test(name)).length).toBeGreaterThanOrEqual(
      2,
    );
  });
});

test("64 MB segments are what the server says they are", async () => {
  await withCluster(
    { instances: 2, walSegmentSize: "64MB", archive: {} },
    async ({ handle, can }) => {
      const [row] = await withAdmin(handle, ({ query }) =>
        query<{ size: string }>("select current_setting('wal_segment_size') as size"),
      );
      expect(row!.size).toBe("64MB");
      expect(can.archive.segmentBytes).toBe(64 * 1024 ** 2);
    },
  );
});
