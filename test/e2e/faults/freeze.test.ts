import type { TargetHandle } from "../../../src/contracts/target-handle.ts";
import { expect, test } from "vitest";
import { freezePrimary } from "../../../src/faults/freeze/freeze-primary.ts";
import { freezeStandby } from "../../../src/faults/freeze/freeze-standby.ts";
import { freezeWalreceiver } from "../../../src/faults/freeze/freeze-walreceiver.ts";
import { isFrozen } from "../../../src/lib/frozen-processes.ts";
import { findServerProcesses } from "../../../src/lib/postgresql-server-processes.ts";
import { withPartContext } from "../../support/part-context.ts";
import { shareCluster } from "../cluster/share-cluster.ts";
import { faultContext } from "./fault-context.ts";
import { askMember, findMember } from "./find-member.ts";
import { withKilledProgram } from "./kill-in-the-middle.ts";

const two = shareCluster({ instances: 2 });
/** In force that long, and ended by itself. */
const SHORT_MS = 5000;

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

/** Returns when its time limit has let all of it go on. */
const untilThawed = (handle: TargetHandle, name: string) =>
  expect.poll(() => frozenOf(handle, name), { timeout: 20_000 }).toEqual([]);

test("freezes all of a server or its postmaster alone, and lets them go on", async () => {
  const { handle, can } = two.get();
  const { name } = two.primary();
  await can.members.pause();
  await withPartContext(async ({ context, openEntries }) => {
    const scene = { context, target: handle, on: name };
    const all = await freezePrimary.apply(faultContext(freezePrimary, scene));
    expect(all.text).toMatch(new RegExp(`^froze \\d+ processes of ${name}$`));
    expect(frozenOf(handle, name).length).toBeGreaterThan(4);
    expect(await answers(handle, name)).toBe(false);
    await all.heal();
    await all.heal();
    expect(frozenOf(handle, name)).toEqual([]);
    expect(await answers(handle, name)).toBe(true);

    const options = { which: "postmaster" };
    const one = await freezePrimary.apply(faultContext(freezePrimary, scene, { options }));
    expect(frozenOf(handle, name)).toHaveLength(1);
    expect(await answers(handle, name)).toBe(false);
    await one.heal();
    expect(await answers(handle, name)).toBe(true);
    expect(openEntries()).toEqual([]);
  });
  await can.members.resume();
});

test("a frozen WAL receiver leaves its standby answering, and is let go at the time limit", async () => {
  const { handle } = two.get();
  const { name } = two.standby();
  await withPartContext(async ({ context, openEntries }) => {
    const scene = { context, target: handle, on: name };
    const applied = await freezeWalreceiver.apply(
      faultContext(freezeWalreceiver, scene, { timeLimitMs: SHORT_MS }),
    );
    expect(frozenOf(handle, name)).toHaveLength(1);
    expect(await answers(handle, name)).toBe(true);
    await untilThawed(handle, name);
    await expect.poll(openEntries, { timeout: 20_000 }).toEqual([]);
    await applied.heal();
  });
});

test("after kill -9 of who froze a standby, gc lets it go on", async () => {
  const { handle } = two.get();
  const { name } = two.standby();
  const leave = { fault: freezeStandby.id, on: name };
  await withKilledProgram(handle, leave, async ({ text, gc }) => {
    expect(text).toMatch(new RegExp(`^froze \\d+ processes of ${name}$`));
    expect(frozenOf(handle, name).length).toBeGreaterThan(3);
    const undone = await gc();
    expect(undone.map(({ error }) => error)).toEqual([null, null, null, null]);
    expect(frozenOf(handle, name)).toEqual([]);
    expect(await answers(handle, name)).toBe(true);
  });
});

test("after kill -9 of who froze a standby, its time limit holds without any program of ours", async () => {
  const { handle } = two.get();
  const { name } = two.standby();
  const leave = { fault: freezeStandby.id, on: name, timeLimitMs: SHORT_MS };
  await withKilledProgram(handle, leave, async () => {
    expect(frozenOf(handle, name).length).toBeGreaterThan(3);
    await untilThawed(handle, name);
    expect(await answers(handle, name)).toBe(true);
  });
});

test("a frozen primary is fenced and replaced, and its thaw finds nothing left to thaw", async () => {
  const { handle, cluster } = two.get();
  const [old, next] = [two.primary().name, two.standby().name];
  await withPartContext(async ({ context, openEntries }) => {
    const scene = { context, target: handle, on: old };
    const applied = await freezePrimary.apply(faultContext(freezePrimary, scene));
    await expect.poll(() => cluster.primary(), { timeout: 60_000 }).toBe(next);
    await applied.heal();
    expect(openEntries()).toEqual([]);
    await cluster.untilHealthy(AbortSignal.timeout(60_000));
    expect(findMember(handle, old).role).toBe("standby");
  });
});
