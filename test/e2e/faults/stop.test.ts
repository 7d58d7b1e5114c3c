import { setTimeout as sleep } from "node:timers/promises";
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
      await cluster.untilHealthy(AbortSignal.timeout(30_000));
    });
  });
});

test("without the one synchronous standby writes hang and none fails, until its time limit", async () => {
  const synchronous = { method: "any", number: 1 };
  await withCluster({ instances: 2, synchronous }, async ({ handle }) => {
    await withPartContext(async ({ context }) => {
      const scene = { context, target: handle, on: "pg2" };
      await stopSynchronousStandby.apply(
        faultContext(stopSynchronousStandby, scene, { timeLimitMs: 3000 }),
      );
      let done = false;
      const write = askMember(handle, "pg1", "create table written ()", 20_000).then(
        () => (done = true),
      );
      await sleep(1000);
      expect(done).toBe(false);
      await write;
      expect(findMember(handle, "pg2").role).toBe("standby");
    });
  });
});
