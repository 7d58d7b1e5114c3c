import { expect, test } from "vitest";
import { stopAllStandbys } from "../../../src/faults/stop/stop-all-standbys.ts";
import { stopStandby } from "../../../src/faults/stop/stop-standby.ts";
import { stopSynchronousStandby } from "../../../src/faults/stop/stop-synchronous-standby.ts";
import { withPartContext } from "../../support/part-context.ts";
import { withCluster } from "../cluster/with-cluster.ts";
import { faultContext } from "./fault-context.ts";
import { askMember, findMember } from "./find-member.ts";

test("stops one standby and all of them, and starts them again", async () => {
  await withCluster({ instances: 3 }, async ({ handle, cluster }) => {
    expect(await stopSynchronousStandby.whyNot(handle)).toMatch(/^Commits wait for no standby/);
    await withPartContext(async ({ context }) => {
      const scene = { context, target: handle, on: "pg2" };
      const one = await stopStandby.apply(faultContext(stopStandby, scene));
      expect(cluster.members().map(({ role }) => role)).toEqual(["primary", "down", "standby"]);
      await one.heal();
      await one.heal();
      const all = await stopAllStandbys.apply(faultContext(stopAllStandbys, scene));
      expect(all.text).toBe("stopped pg2 and pg3");
      expect(cluster.members().map(({ role }) => role)).toEqual(["primary", "down", "down"]);
      await all.heal();
      await cluster.untilHealthy(AbortSignal.timeout(60_000));
    });
  });
});

test("without the one synchronous standby writes hang and none fails, until its time limit", async () => {
  const synchronous = { method: "any", number: 1 };
  await withCluster({ instances: 2, synchronous }, async ({ handle }) => {
    await withPartContext(async ({ context }) => {
      const scene = { context, target: handle, on: "pg2" };
      await stopSynchronousStandby.apply(
        faultContext(stopSynchronousStandby, scene, { timeLimitMs: 5000 }),
      );
      let done = false;
      const write = askMember(handle, "pg1", "create table written ()", 60_000).then(
        () => (done = true),
      );
      const waits = "select 1 as one from pg_stat_activity where wait_event = 'SyncRep'";
      await expect.poll(() => askMember(handle, "pg1", waits), { timeout: 4000 }).toHaveLength(1);
      expect(done).toBe(false);
      await write;
      expect(findMember(handle, "pg2").role).toBe("standby");
    });
  });
});
