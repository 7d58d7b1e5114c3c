import { expect, test } from "vitest";
import { killBackend } from "../../../src/faults/kill/kill-backend.ts";
import { killPrimary } from "../../../src/faults/kill/kill-primary.ts";
import { killWalreceiver } from "../../../src/faults/kill/kill-walreceiver.ts";
import { findOrphans } from "../../../src/lib/postgresql-orphans.ts";
import { findServerProcesses } from "../../../src/lib/postgresql-server-processes.ts";
import { withConnection } from "../../../src/lib/pg-connection.ts";
import { processStartOrNull } from "../../../src/lib/process-identity.ts";
import { withPartContext } from "../../support/part-context.ts";
import { withCluster } from "../cluster/with-cluster.ts";
import { faultContext } from "./fault-context.ts";
import { askMember, findMember } from "./find-member.ts";
import { withKilledProgram } from "./kill-in-the-middle.ts";

const TWO = { instances: 2 };
const STARTED = "select pg_postmaster_start_time()::text as at";

test.each(["postmaster", "all"])("kills the primary (%s), and it comes back", async (which) => {
  await withCluster(TWO, async ({ handle, cluster }) => {
    await withPartContext(async ({ context, openEntries }) => {
      const before = findMember(handle, "pg1").postmasterPid!;
      const scene = { context, target: handle, on: "pg1" };
      const applied = await killPrimary.apply(
        faultContext(killPrimary, scene, { options: { which } }),
      );
      expect(processStartOrNull(before)).toBeNull();
      expect(applied.text).toContain(`killed postmaster ${before} of pg1`);
      await applied.heal();
      await applied.heal();
      await cluster.untilHealthy(AbortSignal.timeout(30_000));
      expect(cluster.primary()).toBe("pg2");
      expect(findMember(handle, "pg1").role).toBe("standby");
      expect(openEntries()).toEqual([]);
    });
  });
});

test("a killed backend restarts its whole server, which stays the primary", async () => {
  await withCluster(TWO, async ({ handle, cluster }) => {
    await withPartContext(async ({ context, openEntries }) => {
      const options = { applicationName: "pgdyno-test", timeoutMs: 5000 };
      const hosts = [cluster.addressOf("pg1")];
      await withConnection({ ...handle.loadEndpoint, hosts }, options, async (session) => {
        const scene = { context, target: handle, on: "pg1" };
        const applied = await killBackend.apply(faultContext(killBackend, scene));
        expect(applied.text).toBe(`killed client backend ${session.processId} of pg1`);
        await expect(session.query("select 1")).rejects.toThrow();
        await applied.heal();
      });
      expect(await askMember(handle, "pg1", STARTED)).toHaveLength(1);
      expect(cluster.primary()).toBe("pg1");
      expect(openEntries()).toEqual([]);
    });
  });
});

test("a killed WAL receiver restarts its standby, which streams again", async () => {
  await withCluster(TWO, async ({ handle, cluster }) => {
    await withPartContext(async ({ context }) => {
      const before = findServerProcesses(findMember(handle, "pg2").dataDirectory);
      const scene = { context, target: handle, on: "pg2" };
      const applied = await killWalreceiver.apply(faultContext(killWalreceiver, scene));
      await applied.heal();
      await cluster.untilHealthy(AbortSignal.timeout(30_000));
      const after = findServerProcesses(findMember(handle, "pg2").dataDirectory);
      // Of all its processes only the postmaster is the same.
      expect(after.filter((pid) => before.includes(pid))).toHaveLength(1);
    });
  });
});

test("after kill -9 of who killed a postmaster, gc ends the orphan that did not see it", async () => {
  await withCluster(TWO, async ({ handle, cluster }) => {
    await cluster.pause();
    const { dataDirectory } = findMember(handle, "pg1");
    const options = { applicationName: "pgdyno-test", timeoutMs: 20_000 };
    await withConnection(handle.adminEndpoint!, options, async (session) => {
      process.kill(session.processId, "SIGSTOP");
      const leave = { fault: killPrimary.id, on: "pg1" };
      await withKilledProgram(handle, leave, async ({ left, gc }) => {
        expect(left).toEqual([{ undo: "end-orphans", dataDirectory }]);
        expect(findOrphans(dataDirectory)).toContain(session.processId);
        expect(await gc()).toMatchObject([{ error: null }]);
        expect(findServerProcesses(dataDirectory)).toEqual([]);
      });
    });
  });
});
