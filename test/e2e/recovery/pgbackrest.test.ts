import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, vi } from "vitest";
import { findCopying } from "../../../src/lib/copying-processes.ts";
import type { Endpoint } from "../../../src/lib/endpoint.ts";
import { withConnection } from "../../../src/lib/pg-connection.ts";
import { nodeProcesses } from "../../../src/lib/node-processes.ts";
import { findServerProcesses } from "../../../src/lib/postgresql-server-processes.ts";
import { makeSite, runProgram, startProgram } from "../../support/program.ts";
import { skipUnless } from "../../support/skips.ts";
import { listMembers } from "../faults/find-member.ts";
import { withCluster } from "../cluster/with-cluster.ts";

const isInstalled = (await nodeProcesses().find("pgbackrest", ["/usr/bin"])) !== null;
const pgbackrestTest = skipUnless(isInstalled, "there is no pgbackrest");

/** For a machine that others keep busy: states are waited for, and mostly come in seconds. */
const BUSY_MS = 400_000;
const soon = () => AbortSignal.timeout(BUSY_MS);

function ask<R extends Readonly<Record<string, unknown>>>(endpoint: Endpoint, sql: string) {
  const options = { applicationName: "pgdyno-test", timeoutMs: 30_000 };
  return withConnection(endpoint, options, ({ query }) => query<R>(sql));
}

/** Every row, so that one that differs shows. */
async function contentOf(endpoint: Endpoint): Promise<string> {
  const sql = "select string_agg(id || ':' || amount, ',' order by id) as content from account";
  const [row] = await ask<{ content: string }>(endpoint, sql);
  return row!.content;
}

pgbackrestTest(
  "WAL is pushed asynchronously, and a real restore undoes an UPDATE without WHERE by time, LSN and name",
  async () => {
    const archive = { pgbackrest: { processMax: 2 } };
    await withCluster({ instances: 1, archive }, async ({ handle, can }) => {
      const recovery = can.recovery;
      const { loadEndpoint } = handle;
      await ask(
        loadEndpoint,
        "create table account as select id, id % 97 as amount from generate_series(1, 5000) id",
      );
      const backup = await recovery.takeBackup(soon());
      expect(recovery.through).toBe("pgbackrest");
      expect(backup.bytes).toBeGreaterThan(10_000_000);
      await ask(loadEndpoint, "update account set amount = amount + id where id % 3 = 0");
      // Segments enough to be pushed ahead.
      for (let i = 0; i < 4; i += 1) {
        await ask(
          loadEndpoint,
          `create table more_${i} as select generate_series(1, 100000) as id`,
        );
        await ask(handle.adminEndpoint!, "select pg_switch_wal()");
      }
      const wanted = await contentOf(loadEndpoint);
      await recovery.nameMoment("before", soon());
      const [at] = await ask<{ time: string; lsn: string }>(
        handle.adminEndpoint!,
        "select clock_timestamp()::text as time, (pg_current_wal_insert_lsn() - '0/0')::text as lsn",
      );
      await ask(loadEndpoint, "update account set amount = 0");
      const spoiled = await contentOf(loadEndpoint);
      expect(spoiled).not.toBe(wanted);
      await recovery.archiveAll(soon());
      for (const target of [
        { time: at!.time, inclusive: false },
        { lsnBytes: Number(at!.lsn), inclusive: false },
        { name: "before" },
      ]) {
        const recovered = await recovery.recover(backup, target, soon());
        expect(await contentOf(recovered.endpoint)).toBe(wanted);
        expect(recovered.walBytes).toBeGreaterThan(4 * 16 * 1024 ** 2);
        await ask(recovered.endpoint, "update account set amount = 1 where id = 1");
        await recovered.close();
      }
      const home = path.dirname(path.dirname(listMembers(handle)[0]!.dataDirectory));
      const log = path.join(home, "pgbackrest/log/pgdyno-archive-push-async.log");
      expect(readFileSync(log, "utf8")).toMatch(/pushed WAL file '[0-9A-F]{24}' to the archive/);
    });
  },
  BUSY_MS,
);

const EXPERIMENT = `
metadata: { name: killed }
target:
  local:
    postgresql: { version: 15, from: machine, parameters: { shared_buffers: 64MB, synchronous_commit: "off" } }
    archive: { pgbackrest: { compression: none } }
stages:
  - recovery: { of: [pitr], workload: { native: { scale: 2 } }, clients: 4, wal: [4MB, 5MB, 6MB] }
`;

pgbackrestTest(
  "killed in the middle of a restore, nothing of ours runs on or is left",
  async () => {
    const site = makeSite();
    writeFileSync(path.join(site, "killed.yaml"), EXPERIMENT);
    const run = startProgram(site, ["run", "killed.yaml"]);
    const journals = () =>
      readdirSync(path.join(site, "state"))
        .map((file) => readFileSync(path.join(site, "state", file), "utf8"))
        .join("");
    await run.untilItSays("[1/3]");
    await vi.waitFor(() => expect(journals()).toContain("recovered-1"), { timeout: BUSY_MS });
    const home = /"undo":"remove-directory","path":"([^"]+)"/.exec(journals())![1]!;
    run.kill("SIGKILL");
    await run.ended;
    await vi.waitFor(() => expect(existsSync(home)).toBe(false), {
      timeout: BUSY_MS,
      interval: 200,
    });
    expect(findServerProcesses(path.join(home, "pg1/data"))).toEqual([]);
    expect(findCopying(home)).toEqual([]);
    expect((await runProgram(site, ["gc"])).stdout).toBe("Nothing is left of earlier runs.\n");
    // An asynchronous push that went on would have made its folders anew.
    expect(existsSync(home)).toBe(false);
  },
  BUSY_MS,
);
