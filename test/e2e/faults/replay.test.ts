import type { TargetHandle } from "../../../src/contracts/target-handle.ts";
import { expect, test } from "vitest";
import { pauseReplay } from "../../../src/faults/replay/pause-replay.ts";
import { withPartContext } from "../../support/part-context.ts";
import { shareCluster } from "../cluster/share-cluster.ts";
import { faultContext } from "./fault-context.ts";
import { askMember } from "./find-member.ts";
import { withKilledProgram } from "./kill-in-the-middle.ts";

const two = shareCluster({ instances: 2 });

async function stateOf(handle: TargetHandle): Promise<string> {
  const sql = "select pg_get_wal_replay_pause_state() as state";
  const [row] = await askMember<{ state: string }>(handle, "pg2", sql);
  return row!.state;
}

/** Sessions on the standby that pause its replay. */
async function sessionsLeft(handle: TargetHandle): Promise<number> {
  const sql = `select count(*)::int as count from pg_stat_activity
                where application_name = 'pgdyno-fault' and query like '%pg_wal_replay_pause%'
                  and pid <> pg_backend_pid()`;
  const [row] = await askMember<{ count: number }>(handle, "pg2", sql);
  return row!.count;
}

/** A session that was told to end takes its moment. */
const untilNoSession = (handle: TargetHandle) =>
  expect.poll(() => sessionsLeft(handle), { timeout: 20_000 }).toBe(0);

test("pauses replay, resumes it, and leaves no session", async () => {
  const { handle } = two.get();
  await withPartContext(async ({ context, openEntries }) => {
    const scene = { context, target: handle, on: "pg2" };
    const applied = await pauseReplay.apply(faultContext(pauseReplay, scene));
    expect(await stateOf(handle)).toBe("paused");
    expect(openEntries()).toMatchObject([{ undo: "cancel-statement" }]);
    await applied.heal();
    await applied.heal();
    expect(await stateOf(handle)).toBe("not paused");
    expect(openEntries()).toEqual([]);
    await untilNoSession(handle);
  });
});

test("after kill -9 of who paused replay, gc resumes it without a password", async () => {
  const { handle } = two.get();
  const leave = { fault: pauseReplay.id, on: "pg2" };
  await withKilledProgram(handle, leave, async ({ left, gc }) => {
    expect(await stateOf(handle)).toBe("paused");
    expect(JSON.stringify(left)).not.toContain(handle.adminEndpoint!.password!.reveal());
    expect(await gc()).toMatchObject([{ error: null }]);
    expect(await stateOf(handle)).toBe("not paused");
    await untilNoSession(handle);
  });
});

test("after kill -9 of who paused replay, the standby resumes it at the time limit", async () => {
  const { handle } = two.get();
  const leave = { fault: pauseReplay.id, on: "pg2", timeLimitMs: 5000 };
  await withKilledProgram(handle, leave, async () => {
    expect(await stateOf(handle)).toBe("paused");
    await expect.poll(() => stateOf(handle), { timeout: 20_000 }).toBe("not paused");
  });
});
