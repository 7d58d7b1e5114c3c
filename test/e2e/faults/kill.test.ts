import { expect, test } from "vitest";
import { killBackend } from "../../../src/faults/kill/kill-backend.ts";
import { killPrimary } from "../../../src/faults/kill/kill-primary.ts";
import { killWalreceiver } from "../../../src/faults/kill/kill-walreceiver.ts";
import { findOrphans } from "../../../src/lib/postgresql-orphans.ts";
import { findServerProcesses } from "../../../src/lib/postgresql-server-processes.ts";
import { withConnection } from "../../../src/lib/pg-connection.ts";
import { processStartOrNull } from "../../../src/lib/process-identity.ts";
import { withPartContext } from "../../support/part-context.ts";
import { shareCluster } from "../cluster/share-cluster.ts";
import { faultContext } from "./fault-context.ts";
import { addressOf, askMember, findMember } from "./find-member.ts";
import { withKilledProgram } from "./kill-in-the-middle.ts";

const two = shareCluster({ instances: 2 });
const OPTIONS = { applicationName: "pgdyno-test", timeoutMs: 20_000 };
const STARTED = "select pg_postmaster_start_time()::text as at";
const soon = () => AbortSignal.timeout(60_000);

test.each(["postmaster", "all"])("kills the primary (%s), and it comes back", async (which) => {
  const { handle, cluster } = two.get();
  const [old, next] = [two.primary(), two.standby()];
  await withPartContext(async ({ context, openEntries }) => {
    const before = old.postmasterPid;
    const scene = { context, target: handle, on: old.name };
    const applied = await killPrimary.apply(
      faultContext(killPrimary, scene, { options: { which } }),
    );
    expect(processStartOrNull(before)).toBeNull();
    expect(applied.text).toContain(`killed postmaster ${before} of ${old.name}`);
    await applied.heal();
    await applied.heal();
    await cluster.untilHealthy(soon());
    expect(cluster.primary()).toBe(next.name);
    expect(findMember(handle, old.name).role).toBe("standby");
    expect(openEntries()).toEqual([]);
  });
});

test("a killed backend restarts its whole server, which stays the primary", async () => {
  const { handle, cluster } = two.get();
  const { name } = two.primary();
  await withPartContext(async ({ context, openEntries }) => {
    const hosts = [addressOf(handle, name)];
    await withConnection({ ...handle.loadEndpoint, hosts }, OPTIONS, async (session) => {
      const scene = { context, target: handle, on: name };
      const applied = await killBackend.apply(faultContext(killBackend, scene));
      expect(applied.text).toBe(`killed client backend ${session.processId} of ${name}`);
      await expect(session.query("select 1")).rejects.toThrow();
      await applied.heal();
    });
    expect(await askMember(handle, name, STARTED)).toHaveLength(1);
    expect(cluster.primary()).toBe(name);
    expect(openEntries()).toEqual([]);
  });
});

test("a killed WAL receiver restarts its standby, which streams again", async () => {
  const { handle, cluster } = two.get();
  const { name, dataDirectory } = two.standby();
  await withPartContext(async ({ context }) => {
    const before = findServerProcesses(dataDirectory);
    const scene = { context, target: handle, on: name };
    const applied = await killWalreceiver.apply(faultContext(killWalreceiver, scene));
    await applied.heal();
    await cluster.untilHealthy(soon());
    const after = findServerProcesses(dataDirectory);
    // Of all its processes only the postmaster is the same.
    expect(after.filter((pid) => before.includes(pid))).toHaveLength(1);
  });
});

test("after kill -9 of who killed a postmaster, gc ends the orphan that did not see it", async () => {
  const { handle, cluster, can } = two.get();
  const { name, dataDirectory } = two.primary();
  // Or the cluster itself would end the orphan at once, as it must before it promotes another.
  await can.members.pause();
  await withConnection(handle.adminEndpoint!, OPTIONS, async (session) => {
    process.kill(session.processId, "SIGSTOP");
    const leave = { fault: killPrimary.id, on: name };
    await withKilledProgram(handle, leave, async ({ left, gc }) => {
      expect(left).toMatchObject([{ undo: "end-orphans", dataDirectory }]);
      expect(findOrphans(dataDirectory)).toContain(session.processId);
      expect(await gc()).toMatchObject([{ error: null }]);
      expect(findServerProcesses(dataDirectory)).toEqual([]);
    });
  });
  await can.members.resume();
  await cluster.untilHealthy(soon());
  expect(findMember(handle, name).role).toBe("standby");
});
