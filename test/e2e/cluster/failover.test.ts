import type { TargetHandle } from "../../../src/contracts/target-handle.ts";
import { expect, test } from "vitest";
import type { Cluster } from "../../../src/contracts/cluster.ts";
import { withConnection } from "../../../src/lib/pg-connection.ts";
import { readLedger, startInsertLoad, type InsertLoad } from "./insert-load.ts";
import { networkCut } from "../../../src/faults/network/network-cut.ts";
import { findFork } from "../../../src/targets/local/cluster/find-fork.ts";
import { withPartContext } from "../../support/part-context.ts";
import { faultContext } from "../faults/fault-context.ts";
import { askMember, findPrimary, listMembers } from "../faults/find-member.ts";
import { instantOf, withCluster } from "./with-cluster.ts";

const QUORUM = { instances: 3, synchronous: { method: "any", number: 1 } };
/** Embedded: no `pg_rewind`, so that base backups are ours. */
const EMBEDDED = { version: 18, from: "embedded" };
const soon = () => AbortSignal.timeout(60_000);

function nextEvent(cluster: Cluster, wanted: string): Promise<number> {
  return new Promise((resolve) => {
    const forget = cluster.onEvent(({ kind, atMs }) => {
      if (kind !== wanted) return;
      forget();
      resolve(atMs);
    });
  });
}

async function withLoad<T>(
  handle: TargetHandle,
  work: (load: InsertLoad, now: () => number) => Promise<T>,
): Promise<T> {
  const now = () => handle.cluster!.clock.now();
  const load = await startInsertLoad(handle.loadEndpoint, 4, now);
  try {
    await load.acknowledgedAfter(now() + 500);
    return await work(load, now);
  } finally {
    await load.stop();
  }
}

async function findLost(handle: TargetHandle, load: InsertLoad): Promise<readonly string[]> {
  const there = await readLedger(handle.loadEndpoint);
  return [...load.acknowledged.keys()].filter((key) => !there.has(key));
}

/** No member acknowledged anything after the next one had begun to. */
function findTwoWriters(load: InsertLoad): readonly string[] {
  const firsts = new Map<number, number>();
  const lasts = new Map<number, number>();
  for (const { atMs, port } of load.acknowledged.values()) {
    firsts.set(port, Math.min(firsts.get(port) ?? atMs, atMs));
    lasts.set(port, Math.max(lasts.get(port) ?? atMs, atMs));
  }
  const order = [...firsts].sort(([, a], [, b]) => a - b).map(([port]) => port);
  return order.flatMap((port, index) => {
    const next = order[index + 1];
    return next !== undefined && lasts.get(port)! > firsts.get(next)!
      ? [`${port} acknowledged after ${next} had begun`]
      : [];
  });
}

test("with a quorum, nothing acknowledged is lost with a killed primary, which comes back as a standby", async () => {
  await withCluster(QUORUM, async ({ handle, cluster, upMs }) => {
    await withLoad(handle, async (load, now) => {
      const old = findPrimary(handle);
      const endpoint = nextEvent(cluster, "endpoint");
      const killedMs = now();
      process.kill(old.postmasterPid, "SIGKILL");
      const promotedMs = await endpoint;
      const backMs = await load.acknowledgedAfter(promotedMs);
      await cluster.untilHealthy(soon());
      console.info(
        `up ${Math.round(upMs)} ms, first write after ${Math.round(backMs - killedMs)} ms, whole after ${Math.round(now() - killedMs)} ms`,
      );
      await load.stop();
      expect(await findLost(handle, load)).toEqual([]);
      expect(findTwoWriters(load)).toEqual([]);
      expect(cluster.primary()).not.toBe(old.name);
      expect(instantOf(cluster, "fenced", killedMs)).toBeLessThan(
        instantOf(cluster, "promoting", killedMs)!,
      );
      // A standby's timeline is as it was last seen, some hundred milliseconds ago.
      await expect
        .poll(() => cluster.members().map(({ timeline }) => timeline), { timeout: 20_000 })
        .toEqual([2, 2, 2]);
    });
  });
});

test("a frozen primary is fenced before its successor is promoted, so that no two ever write", async () => {
  const liveness = { every: "100ms", timeout: "300ms", misses: 2 };
  await withCluster({ ...QUORUM, liveness, postgresql: EMBEDDED }, async ({ handle, cluster }) => {
    await withLoad(handle, async (load, now) => {
      const old = findPrimary(handle);
      const endpoint = nextEvent(cluster, "endpoint");
      const frozenMs = now();
      process.kill(old.postmasterPid, "SIGSTOP");
      const promotedMs = await endpoint;
      await load.acknowledgedAfter(promotedMs);
      await cluster.untilHealthy(soon());
      await load.stop();
      expect(instantOf(cluster, "missed", frozenMs)).not.toBeNull();
      expect(instantOf(cluster, "fenced", frozenMs)).toBeLessThan(
        instantOf(cluster, "promoting", frozenMs)!,
      );
      expect(findTwoWriters(load)).toEqual([]);
      expect(await findLost(handle, load)).toEqual([]);
      const rejoined = cluster
        .events()
        .find(({ kind, on }) => kind === "rejoined" && on === old.name);
      expect(rejoined?.text).toMatch(/copied anew|follows as it is/);
    });
  });
});

test("a switchover loses nothing, and the old primary follows without a copy", async () => {
  await withCluster({ ...QUORUM, postgresql: EMBEDDED }, async ({ handle, cluster, can }) => {
    await withLoad(handle, async (load, now) => {
      const sinceMs = now();
      await cluster.switchover("pg3", soon());
      expect(cluster.primary()).toBe("pg3");
      await load.acknowledgedAfter(now());
      await cluster.untilHealthy(soon());
      await load.stop();
      expect(await findLost(handle, load)).toEqual([]);
      expect(findTwoWriters(load)).toEqual([]);
      expect(can.oldPrimaryWal.orphanedOf("pg1")).toMatchObject({ timeline: 1, commits: 0 });
      expect(
        cluster.events().filter(({ kind, atMs }) => kind === "failed" && atMs > sinceMs),
      ).toEqual([]);
    });
  });
});

test("what an asynchronous failover loses are the commits beyond the fork, no more and no fewer", async () => {
  await withCluster({ instances: 2 }, async ({ handle, cluster, can }) => {
    await withPartContext(async ({ context }) => {
      await withLoad(handle, async (load, now) => {
        // Nothing comes through to the standby any more: what follows is on the primary alone.
        const scene = { context, target: handle, on: "pg2" };
        const cut = await networkCut.apply(faultContext(networkCut, scene));
        await askMember(
          handle,
          "pg1",
          "select pg_terminate_backend(pid)::text from pg_stat_replication",
        );
        await untilCut(cluster);
        await load.acknowledgedAfter(now() + 300);
        await load.stop();
        const old = findPrimary(handle);
        const endpoint = nextEvent(cluster, "endpoint");
        process.kill(old.postmasterPid, "SIGKILL");
        await endpoint;
        await cut.heal();
        await cluster.untilHealthy(soon());
        const lost = await findLost(handle, load);
        const orphaned = can.oldPrimaryWal.orphanedOf(old.name)!;
        const fork = await findFork({ members: listMembers(handle) }, 2);
        expect(lost.length).toBeGreaterThan(0);
        expect(orphaned.forkLsnBytes).toBe(fork!.lsnBytes);
        // Unknown writes of stopped clients do not exist: each had its answer before the kill.
        expect(orphaned.commits).toBe(lost.length);
      });
    });
  });
});

test("with its only synchronous standby stopped, writes wait and reads go on; started again, all go on", async () => {
  const given = { instances: 2, synchronous: { method: "first", number: 1 } };
  await withCluster(given, async ({ handle, cluster, can }) => {
    await withLoad(handle, async (load, now) => {
      await can.members.stop("pg2", soon());
      await new Promise((resolve) => setTimeout(resolve, 300));
      const sinceMs = now();
      const acknowledged = load.acknowledged.size;
      await new Promise((resolve) => setTimeout(resolve, 1000));
      expect(load.acknowledged.size).toBe(acknowledged);
      const options = { applicationName: "pgdyno-test", timeoutMs: 5000 };
      const waits = await withConnection(handle.adminEndpoint!, options, ({ query }) =>
        query("select 1 from pg_stat_activity where wait_event = 'SyncRep'"),
      );
      expect(waits).toHaveLength(4);
      expect(await cluster.isHealthy(soon())).toEqual({ healthy: false, because: "pg2 is down." });
      await can.members.start("pg2", soon());
      await load.acknowledgedAfter(sinceMs);
      await cluster.untilHealthy(soon());
    });
  });
});

test("without enough standbys to be sure, a killed primary is started again in its place", async () => {
  await withCluster(QUORUM, async ({ handle, cluster, can }) => {
    await withLoad(handle, async (load, now) => {
      await can.members.stop("pg3", soon());
      const old = findPrimary(handle);
      const refused = nextEvent(cluster, "refused");
      process.kill(old.postmasterPid, "SIGKILL");
      await refused;
      await load.acknowledgedAfter(now());
      expect(cluster.primary()).toBe(old.name);
      await load.stop();
      expect(await findLost(handle, load)).toEqual([]);
    });
  });
});

/** Nobody streams any more. */
async function untilCut(cluster: Cluster): Promise<void> {
  while (!(await cluster.isHealthy(soon())).because.includes("do not stream")) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
