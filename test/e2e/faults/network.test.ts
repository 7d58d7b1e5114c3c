import type { TargetHandle } from "../../../src/contracts/target-handle.ts";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { networkBandwidth } from "../../../src/faults/network/network-bandwidth.ts";
import { networkCut } from "../../../src/faults/network/network-cut.ts";
import { networkLatency } from "../../../src/faults/network/network-latency.ts";
import { networkLoss } from "../../../src/faults/network/network-loss.ts";
import { withConnection } from "../../../src/lib/pg-connection.ts";
import { withPartContext } from "../../support/part-context.ts";
import { shareCluster } from "../cluster/share-cluster.ts";
import { faultContext } from "./fault-context.ts";
import { addressOf } from "./find-member.ts";
import { askMember } from "./find-member.ts";

const synchronous = shareCluster({ instances: 2, synchronous: { method: "any", number: 1 } });

/** Milliseconds that synchronous commits take one after the other; sorted. */
async function commitsMs(handle: TargetHandle, count: number): Promise<number[]> {
  const options = { applicationName: "pgdyno-test", timeoutMs: 20_000 };
  return withConnection(handle.adminEndpoint!, options, async ({ query }) => {
    await query("create table if not exists commits (at timestamptz)");
    const tookMs: number[] = [];
    for (let i = 0; i < count; i += 1) {
      const startedMs = performance.now();
      await query("insert into commits values (now())");
      tookMs.push(performance.now() - startedMs);
    }
    return tookMs.sort((a, b) => a - b);
  });
}

const median = (sorted: readonly number[]) => sorted[Math.floor(sorted.length / 2)]!;

async function senderPort(handle: TargetHandle): Promise<number | undefined> {
  const sql = "select sender_port as port from pg_stat_wal_receiver where status = 'streaming'";
  return (await askMember<{ port: number }>(handle, "pg2", sql))[0]?.port;
}

async function countCommits(handle: TargetHandle): Promise<number> {
  const sql = "select count(*)::int as count from commits";
  return (await askMember<{ count: number }>(handle, "pg1", sql))[0]!.count;
}

/** A commit with 6 MB of WAL that the standby must have first, in milliseconds. */
async function writeMs(handle: TargetHandle): Promise<number> {
  const admin = { applicationName: "pgdyno-test", timeoutMs: 60_000 };
  const startedMs = performance.now();
  await withConnection(handle.adminEndpoint!, admin, ({ query }) =>
    query("select pg_logical_emit_message(true, 'pgdyno', repeat('x', 6 * 1024 * 1024))"),
  );
  return performance.now() - startedMs;
}

test("a distant standby makes synchronous commits wait for one round trip", async () => {
  const { handle } = synchronous.get();
  await withPartContext(async ({ context, openEntries }) => {
    const before = median(await commitsMs(handle, 30));
    const scene = { context, target: handle, on: "pg2" };
    const options = { latency: "25ms" };
    const applied = await networkLatency.apply(faultContext(networkLatency, scene, { options }));
    expect(applied.text).toBe("the WAL stream from pg1 to pg2 takes 25ms more in each direction");
    expect(await senderPort(handle)).not.toBe(addressOf(handle, "pg1").port);
    const during = await commitsMs(handle, 15);
    await applied.heal();
    await applied.heal();
    expect(await senderPort(handle)).toBe(addressOf(handle, "pg1").port);
    const after = await commitsMs(handle, 30);
    process.stderr.write(
      `commit: ${before.toFixed(1)} ms, ${during[0]!.toFixed(1)} at least and ${median(during).toFixed(1)} ms mostly at 2 x 25 ms, ${median(after).toFixed(1)} ms after\n`,
    );
    expect(during[0]).toBeGreaterThan(49);
    // The quickest: on a busy machine a commit may take long with any network.
    expect(after[0]).toBeLessThan(49);
    expect(openEntries()).toEqual([]);
  });
});

test.each(["both", "to-standby", "from-standby"])(
  "cut (%s), synchronous commits hang, none is lost, and they go on when it heals",
  async (direction) => {
    const { handle } = synchronous.get();
    await withPartContext(async ({ context }) => {
      await commitsMs(handle, 1);
      const before = await countCommits(handle);
      const scene = { context, target: handle, on: "pg2" };
      const applied = await networkCut.apply(
        faultContext(networkCut, scene, { options: { direction } }),
      );
      let done = false;
      const commit = commitsMs(handle, 1).then(() => (done = true));
      await sleep(1000);
      expect(done).toBe(false);
      await applied.heal();
      await commit;
      expect(await countCommits(handle)).toBe(before + 1);
    });
  },
);

test("a narrow line lets WAL through at its bandwidth", async () => {
  const { handle } = synchronous.get();
  await withPartContext(async ({ context }) => {
    const scene = { context, target: handle, on: "pg2" };
    const options = { bandwidth: "2MB/s" };
    const applied = await networkBandwidth.apply(
      faultContext(networkBandwidth, scene, { options }),
    );
    const tookMs = await writeMs(handle);
    await applied.heal();
    const freeMs = await writeMs(handle);
    process.stderr.write(
      `6 MB of WAL at 2 MB/s: ${tookMs.toFixed(0)} ms, without limit ${freeMs.toFixed(0)} ms\n`,
    );
    expect(tookMs).toBeGreaterThan(2800);
    // What the line adds is what was asked for, and not much more.
    expect(tookMs).toBeLessThan(8000 + 2 * freeMs);
  });
});

test("loss makes some commits wait for the segment to be sent again; its time limit ends it", async () => {
  const { handle } = synchronous.get();
  await withPartContext(async ({ context }) => {
    const scene = { context, target: handle, on: "pg2" };
    const options = { loss: "20%", reset: true };
    await networkLoss.apply(faultContext(networkLoss, scene, { options, timeLimitMs: 8000 }));
    const during = await commitsMs(handle, 20);
    expect(during.at(-1)).toBeGreaterThan(199);
    await expect
      .poll(() => senderPort(handle), { timeout: 30_000 })
      .toBe(addressOf(handle, "pg1").port);
  });
});
