import type { TargetHandle } from "../../../src/contracts/target-handle.ts";
import { spawnSync } from "node:child_process";
import { rm } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { withConnection } from "../../../src/lib/pg-connection.ts";
import { chooseServerUser } from "../../../src/targets/local/server-user.ts";
import { nodeProcesses } from "../../../src/lib/node-processes.ts";
import { freezeStandby } from "../../../src/faults/freeze/freeze-standby.ts";
import { networkCut } from "../../../src/faults/network/network-cut.ts";
import { withPartContext } from "../../support/part-context.ts";
import { faultContext } from "../faults/fault-context.ts";
import { findMember } from "../faults/find-member.ts";
import { withCluster } from "./with-cluster.ts";

const soon = () => AbortSignal.timeout(60_000);
const OPTIONS = { applicationName: "pgdyno-test", timeoutMs: 30_000 };

function ask(handle: TargetHandle, ...statements: readonly string[]) {
  return withConnection(handle.adminEndpoint!, OPTIONS, async ({ query }) => {
    let rows: readonly Readonly<Record<string, unknown>>[] = [];
    for (const sql of statements) rows = await query(sql);
    return rows;
  });
}

test("a standby whose WAL is gone from the primary catches up from the archive", async () => {
  const given = { instances: 2, slots: false, archive: { compression: "gzip" } };
  const parameters = { shared_buffers: "32MB", max_wal_size: "32MB", min_wal_size: "32MB" };
  await withCluster({ ...given, postgresql: { parameters } }, async ({ handle, cluster, can }) => {
    await can.members.stop("pg2", soon());
    const message = "select pg_logical_emit_message(false, 'pgdyno', repeat('x', 15000000))";
    for (let segment = 0; segment < 6; segment += 1) {
      await ask(handle, message, "select pg_switch_wal()");
    }
    await can.recovery.archiveAll(soon());
    await ask(handle, "create table last_word as select 1 as one", "checkpoint", "checkpoint");
    await can.members.start("pg2", soon());
    await cluster.untilHealthy(soon());
    const standby = handle.instances.find(({ name }) => name === "pg2")!;
    const log = spawnSync("grep", ["-c", "restored log file", standby.logFile!], {
      encoding: "utf8",
    });
    expect(Number(log.stdout)).toBeGreaterThan(1);
  });
});

test("with durability preferred, writes go on without standbys, and wait again when one is back", async () => {
  const given = { instances: 2, synchronous: { number: 1 }, dataDurability: "preferred" };
  await withCluster(given, async ({ handle, cluster, can }) => {
    const names = async () =>
      (await ask(handle, "select current_setting('synchronous_standby_names') as names"))[0]![
        "names"
      ];
    const untilNames = async (wanted: string) => {
      while ((await names()) !== wanted) await new Promise((resolve) => setTimeout(resolve, 50));
    };
    expect(await names()).toBe("ANY 1 (pg2)");
    await can.members.stop("pg2", soon());
    await untilNames("");
    await ask(handle, "create table written_alone as select 1 as one");
    await can.members.start("pg2", soon());
    await untilNames("ANY 1 (pg2)");
    await cluster.untilHealthy(soon());
  });
});

test("an old primary that somebody starts again is ended before anybody could write to it for long", async () => {
  await withCluster({ instances: 2 }, async ({ handle, cluster, can }) => {
    await cluster.switchover("pg2", soon());
    await cluster.untilHealthy(soon());
    const old = findMember(handle, "pg1");
    await can.members.stop("pg1", soon());
    await can.members.start("pg1", soon());
    await can.members.stop("pg1", soon());
    // Somebody makes a primary of the stopped data, and starts it by hand.
    await rm(path.join(old.dataDirectory, "standby.signal"));
    const user = await chooseServerUser(nodeProcesses());
    const started = spawnSync(
      path.join(handle.binDirectory!, "pg_ctl"),
      ["start", "-D", old.dataDirectory, "-l", old.logFile, "-W", "-s"],
      { ...user, cwd: "/" },
    );
    expect(started.status).toBe(0);
    const stopped = await new Promise<string>((resolve) => {
      const forget = cluster.onEvent(({ kind, on, text }) => {
        if (kind !== "stopped" || on !== "pg1") return;
        forget();
        resolve(text);
      });
    });
    expect(stopped).toBe("pg1 was stopped");
    // It wrote a history of its own on the timeline of the primary: nothing can tell the two apart.
    await can.members.start("pg1", soon());
    await cluster.untilHealthy(soon());
    expect(cluster.primary()).toBe("pg2");
    const rejoined = cluster
      .events()
      .findLast(({ kind, on }) => kind === "rejoined" && on === "pg1");
    expect(rejoined?.text).toMatch(/copied anew/);
  });
});

test("a standby that was frozen during a failover, and is ahead of the new primary, is taken down and follows", async () => {
  await withCluster({ instances: 3 }, async ({ handle, cluster, can }) => {
    await withPartContext(async ({ context }) => {
      // pg2 gets no more WAL, pg3 does; then pg3 does not answer when one of them is chosen.
      const cut = await networkCut.apply(
        faultContext(networkCut, { context, target: handle, on: "pg2" }),
      );
      await ask(handle, "create table only_on_pg3 as select 1 as one");
      const written =
        "select pg_current_wal_flush_lsn() <= flush_lsn as has from pg_stat_replication";
      await expect
        .poll(async () => ask(handle, `${written} where application_name = 'pg3'`), {
          timeout: 20_000,
        })
        .toEqual([{ has: true }]);
      const frozen = await freezeStandby.apply(
        faultContext(freezeStandby, { context, target: handle, on: "pg3" }),
      );
      process.kill(findMember(handle, "pg1").postmasterPid, "SIGKILL");
      await expect.poll(() => cluster.primary(), { timeout: 30_000 }).toBe("pg2");
      await frozen.heal();
      await cut.heal();
      await cluster.untilHealthy(soon());
      expect(cluster.primary()).toBe("pg2");
      const story = cluster.events().map(({ text }) => text);
      expect(story).toContain("pg3 holds WAL that pg2 does not have, and is taken down");
      expect(can.oldPrimaryWal.orphanedOf("pg1")).not.toBeNull();
    });
  });
});
