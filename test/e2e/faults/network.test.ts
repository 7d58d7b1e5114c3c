import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { TargetHandle } from "../../../src/contracts/target.ts";
import { networkBandwidth } from "../../../src/faults/network/network-bandwidth.ts";
import { networkCut } from "../../../src/faults/network/network-cut.ts";
import { networkLatency } from "../../../src/faults/network/network-latency.ts";
import { networkLoss } from "../../../src/faults/network/network-loss.ts";
import { withConnection } from "../../../src/lib/pg-connection.ts";
import { withPartContext } from "../../support/part-context.ts";
import { withCluster } from "../cluster/with-cluster.ts";
import { faultContext } from "./fault-context.ts";
import { askMember } from "./find-member.ts";

const SYNCHRONOUS = { instances: 2, synchronous: { method: "any", number: 1 } };

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

test("a distant standby makes synchronous commits wait for one round trip", async () => {
  await withCluster(SYNCHRONOUS, async ({ handle, cluster }) => {
    await withPartContext(async ({ context, openEntries }) => {
      const before = median(await commitsMs(handle, 30));
      const scene = { context, target: handle, on: "pg2" };
      const options = { latency: "25ms" };
      const applied = await networkLatency.apply(faultContext(networkLatency, scene, { options }));
      expect(applied.text).toBe("the WAL stream from pg1 to pg2 takes 25ms more in each direction");
      expect(await senderPort(handle)).not.toBe(cluster.addressOf("pg1").port);
      const during = await commitsMs(handle, 15);
      await applied.heal();
      await applied.heal();
      expect(await senderPort(handle)).toBe(cluster.addressOf("pg1").port);
      const after = median(await commitsMs(handle, 30));
      process.stderr.write(
        `commit: ${before.toFixed(1)} ms, ${during[0]!.toFixed(1)} at least and ${median(during).toFixed(1)} ms mostly at 2 x 25 ms, ${after.toFixed(1)} ms after\n`,
      );
      expect(during[0]).toBeGreaterThan(49);
      expect(after).toBeLessThan(40);
      expect(openEntries()).toEqual([]);
    });
  });
});

test.each(["both", "to-standby", "from-standby"])(
  "cut (%s), synchronous commits hang, none is lost, and they go on when it heals",
  async (direction) => {
    await withCluster(SYNCHRONOUS, async ({ handle }) => {
      await withPartContext(async ({ context }) => {
        await commitsMs(handle, 1);
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
        expect(
          await askMember(handle, "pg1", "select count(*)::int as count from commits"),
        ).toEqual([{ count: 2 }]);
      });
    });
  },
);

test("a narrow line lets WAL through at its bandwidth", async () => {
  await withCluster(SYNCHRONOUS, async ({ handle }) => {
    await withPartContext(async ({ context }) => {
      const scene = { context, target: handle, on: "pg2" };
      const options = { bandwidth: "2MB/s" };
      const applied = await networkBandwidth.apply(
        faultContext(networkBandwidth, scene, { options }),
      );
      const admin = { applicationName: "pgdyno-test", timeoutMs: 30_000 };
      const startedMs = performance.now();
      await withConnection(handle.adminEndpoint!, admin, ({ query }) =>
        query("select pg_logical_emit_message(true, 'pgdyno', repeat('x', 8 * 1024 * 1024))"),
      );
      const tookMs = performance.now() - startedMs;
      await applied.heal();
      process.stderr.write(`8 MB of WAL at 2 MB/s: ${tookMs.toFixed(0)} ms\n`);
      expect(tookMs).toBeGreaterThan(3800);
      expect(tookMs).toBeLessThan(8000);
    });
  });
});

test("loss makes some commits wait for the segment to be sent again; its time limit ends it", async () => {
  await withCluster(SYNCHRONOUS, async ({ handle, cluster }) => {
    await withPartContext(async ({ context }) => {
      const scene = { context, target: handle, on: "pg2" };
      const options = { loss: "20%", reset: true };
      await networkLoss.apply(faultContext(networkLoss, scene, { options, timeLimitMs: 8000 }));
      const during = await commitsMs(handle, 20);
      expect(during.at(-1)).toBeGreaterThan(199);
      await expect
        .poll(() => senderPort(handle), { timeout: 20_000 })
        .toBe(cluster.addressOf("pg1").port);
    });
  });
});
