import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { TargetHandle } from "../../../src/contracts/target.ts";
import { freezePrimary } from "../../../src/faults/freeze/freeze-primary.ts";
import { freezeStandby } from "../../../src/faults/freeze/freeze-standby.ts";
import { freezeWalreceiver } from "../../../src/faults/freeze/freeze-walreceiver.ts";
import { isFrozen } from "../../../src/lib/frozen-processes.ts";
import { findServerProcesses } from "../../../src/lib/postgresql-server-processes.ts";
import { withPartContext } from "../../support/part-context.ts";
import { withCluster } from "../cluster/with-cluster.ts";
import { faultContext } from "./fault-context.ts";
import { askMember, findMember } from "./find-member.ts";
import { withKilledProgram } from "./kill-in-the-middle.ts";

const TWO = { instances: 2 };

/** Whether the member answers a new session. */
function answers(handle: TargetHandle, name: string): Promise<boolean> {
  return askMember(handle, name, "select 1").then(
    () => true,
    () => false,
  );
}

function frozenOf(handle: TargetHandle, name: string): readonly number[] {
  return findServerProcesses(findMember(handle, name).dataDirectory).filter(isFrozen);
}

test("freezes all of a server or its postmaster alone, and lets them go on", async () => {
  await withCluster(TWO, async ({ handle, cluster }) => {
    await cluster.pause();
    await withPartContext(async ({ context, openEntries }) => {
      const scene = { context, target: handle, on: "pg1" };
      const all = await freezePrimary.apply(faultContext(freezePrimary, scene));
      expect(all.text).toMatch(/^froze \d+ processes of pg1$/);
      expect(frozenOf(handle, "pg1").length).toBeGreaterThan(4);
      expect(await answers(handle, "pg1")).toBe(false);
      await all.heal();
      await all.heal();
      expect(frozenOf(handle, "pg1")).toEqual([]);
      expect(await answers(handle, "pg1")).toBe(true);

      const options = { which: "postmaster" };
      const one = await freezePrimary.apply(faultContext(freezePrimary, scene, { options }));
      expect(frozenOf(handle, "pg1")).toHaveLength(1);
      expect(await answers(handle, "pg1")).toBe(false);
      await one.heal();
      expect(await answers(handle, "pg1")).toBe(true);
      expect(openEntries()).toEqual([]);
    });
    await cluster.resume();
  });
});

test("a frozen WAL receiver leaves its standby answering, and is let go at the time limit", async () => {
  await withCluster(TWO, async ({ handle }) => {
    await withPartContext(async ({ context, openEntries }) => {
      const scene = { context, target: handle, on: "pg2" };
      const applied = await freezeWalreceiver.apply(
        faultContext(freezeWalreceiver, scene, { timeLimitMs: 4000 }),
      );
      expect(frozenOf(handle, "pg2")).toHaveLength(1);
      expect(await answers(handle, "pg2")).toBe(true);
      await sleep(4200);
      expect(frozenOf(handle, "pg2")).toEqual([]);
      expect(openEntries()).toEqual([]);
      await applied.heal();
    });
  });
});

test("after kill -9 of who froze a standby, gc lets it go on", async () => {
  await withCluster(TWO, async ({ handle }) => {
    const leave = { fault: freezeStandby.id, on: "pg2" };
    await withKilledProgram(handle, leave, async ({ text, gc }) => {
      expect(text).toMatch(/^froze \d+ processes of pg2$/);
      expect(frozenOf(handle, "pg2").length).toBeGreaterThan(3);
      const undone = await gc();
      expect(undone.map(({ error }) => error)).toEqual([null, null, null, null]);
      expect(frozenOf(handle, "pg2")).toEqual([]);
      expect(await answers(handle, "pg2")).toBe(true);
    });
  });
});

test("after kill -9 of who froze a standby, its time limit holds without any program of ours", async () => {
  await withCluster(TWO, async ({ handle }) => {
    const leave = { fault: freezeStandby.id, on: "pg2", timeLimitMs: 1500 };
    await withKilledProgram(handle, leave, async () => {
      expect(frozenOf(handle, "pg2").length).toBeGreaterThan(3);
      await sleep(1700);
      expect(frozenOf(handle, "pg2")).toEqual([]);
      expect(await answers(handle, "pg2")).toBe(true);
    });
  });
});

test("a frozen primary is fenced and replaced, and its thaw finds nothing left to thaw", async () => {
  await withCluster(TWO, async ({ handle, cluster }) => {
    await withPartContext(async ({ context, openEntries }) => {
      const scene = { context, target: handle, on: "pg1" };
      const applied = await freezePrimary.apply(faultContext(freezePrimary, scene));
      await expect.poll(() => cluster.primary(), { timeout: 20_000 }).toBe("pg2");
      await applied.heal();
      expect(openEntries()).toEqual([]);
      await cluster.untilHealthy(AbortSignal.timeout(30_000));
      expect(findMember(handle, "pg1").role).toBe("standby");
    });
  });
});
