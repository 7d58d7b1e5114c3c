import { expect, test } from "vitest";
import { readLedger, startInsertLoad } from "./insert-load.ts";
import { instantOf, tellStory, withCluster } from "./with-cluster.ts";

const QUORUM = { instances: 3, synchronous: { method: "any", number: 1 } };
const soon = () => AbortSignal.timeout(30_000);

test("three members from nothing to a quorum, and no acknowledged write lost with the primary", async () => {
  await withCluster(QUORUM, async ({ handle, cluster, upMs }) => {
    const now = () => cluster.clock.now();
    const load = await startInsertLoad(handle.loadEndpoint, 4, now);
    await load.acknowledgedAfter(now() + 1000);
    const old = cluster.members().find(({ role }) => role === "primary")!;
    const killedMs = now();
    process.kill(old.postmasterPid!, "SIGKILL");
    const promotedMs = await new Promise<number>((resolve) => {
      cluster.onEvent(({ kind, atMs }) => kind === "endpoint" && resolve(atMs));
    });
    const backMs = await load.acknowledgedAfter(promotedMs);
    await cluster.untilHealthy(soon());
    const healthyMs = now();
    await load.stop();
    const there = await readLedger(handle.loadEndpoint);
    const lost = [...load.acknowledged.keys()].filter((key) => !there.has(key));
    process.stderr.write(
      `up ${upMs.toFixed(0)} ms, first write ${(backMs - killedMs).toFixed(0)} ms, healthy ${(healthyMs - killedMs).toFixed(0)} ms, acknowledged ${load.acknowledged.size}\n${tellStory(cluster)}\n`,
    );
    expect(lost).toEqual([]);
    expect(cluster.primary()).not.toBe(old.name);
    expect(instantOf(cluster, "fenced", killedMs)).toBeLessThan(promotedMs);
  });
}, 60_000);
