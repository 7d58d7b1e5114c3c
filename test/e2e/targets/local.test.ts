import type { TargetHandle } from "../../../src/contracts/target-handle.ts";
import { spawnSync } from "node:child_process";
import { access, chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import path from "node:path";
import { expect, test } from "vitest";
import { withSteps } from "../../../src/engine/steps.ts";
import { withConnection, type Connection } from "../../../src/lib/pg-connection.ts";
import { findServerProcesses } from "../../../src/lib/postgresql-server-processes.ts";
import { findSharedMemory } from "../../../src/lib/postgresql-shared-memory.ts";
import { local } from "../../../src/targets/local/index.ts";
import { localOptions } from "../../../src/targets/local/options.ts";
import { carryOut } from "../../../src/engine/collect-garbage.ts";
import { stopPostgresUndoer } from "../../../src/targets/local/stop-postgres-undoer.ts";
import { removeDirectoryUndoer } from "../../../src/undoers/remove-directory.ts";
import { withPartContext, type TestContext } from "../../support/part-context.ts";

const signal = new AbortController().signal;
const OPTIONS = { applicationName: "pgdyno-test", timeoutMs: 10_000 };

/** Brings the target up for `body`, and down; fails where a process or folder of it is left. */
async function withLocal(
  raw: unknown,
  body: (handle: TargetHandle, test: TestContext) => Promise<void>,
): Promise<TestContext> {
  return withPartContext(async (test) => {
    const target = local.open(localOptions.parse(raw), test.context);
    let home = "";
    const run = withSteps(
      target.steps,
      async () => {
        home = path.dirname(target.handle().instances[0]!.dataDirectory!);
        await body(target.handle(), test);
      },
      { signal, downBudgetMs: 30_000 },
    );
    await run.finally(() => {
      expect(test.openEntries()).toEqual([]);
      if (home !== "") expect(processesNaming(home)).toEqual([]);
    });
    return test;
  });
}

function processesNaming(text: string): readonly string[] {
  const { stdout } = spawnSync("ps", ["-eo", "args"], { encoding: "utf8" });
  return stdout.split("\n").filter((line) => line.includes(text));
}

const query = (endpoint: TargetHandle["loadEndpoint"], sql: string) =>
  withConnection(endpoint, OPTIONS, (connection: Connection) => connection.query(sql));

test.each([
  ["the embedded 18", {}, /^embedded 18/],
  ["the machine's 15", { postgresql: { version: 15, from: "machine" } }, /^\/usr\/lib/],
])("%s comes up, is what it says, and leaves nothing", async (_, raw, provenance) => {
  let home = "";
  await withLocal(raw, async (handle, { openEntries, context }) => {
    const { dataDirectory, logFile, postmasterPid, monitorEndpoint } = handle.instances[0]!;
    home = path.dirname(dataDirectory!);
    expect(openEntries().map(({ undo }) => undo)).toEqual(["remove-directory", "stop-postgres"]);
    expect(processesNaming(dataDirectory!)).toHaveLength(1);
    expect(Number((await readFile(`${dataDirectory}/postmaster.pid`, "utf8")).split("\n")[0])).toBe(
      postmasterPid,
    );

    const { server, machine } = await handle.facts(signal);
    expect(server.provenance).toMatch(provenance);
    expect(server.missingPrivileges).toEqual([]);
    const { settings } = server;
    const values = ["fsync", "autovacuum", "track_io_timing", "track_wal_io_timing"];
    expect(values.map((name) => settings[name]?.value)).toEqual(["on", "on", "on", "on"]);
    expect(settings["shared_preload_libraries"]?.value).toBe("pg_stat_statements");
    expect(machine?.dataFileSystem?.path).toBe(dataDirectory);

    expect(await handle.checkpoint(signal)).toBe(true);
    expect(await readFile(logFile!, "utf8")).toMatch(/^\d{4}-.* UTC \[\d+\] LOG: {2}checkpoint /m);
    // The load's role can neither see nor do what it should not.
    await expect(query(handle.loadEndpoint, "checkpoint")).rejects.toThrow();
    const rows = await query(
      monitorEndpoint,
      "select count(*) as n from pg_stat_statements where query ~* 'password|create role'",
    );
    expect(rows).toEqual([{ n: "0" }]);
    const plan = await local.plan(localOptions.parse(raw), context);
    expect(plan.sharedBuffersBytes).toBe(Number(settings["shared_buffers"]!.value) * 8192);
  });
  await expect(access(home)).rejects.toThrow(/ENOENT/);
});

test("puts kept data back as it was, with the marker, owner and extension", async () => {
  await withLocal({}, async (handle) => {
    await query(handle.loadEndpoint, "create table t as select generate_series(1, 1000) as i");
    expect(await handle.keepData(signal)).toBe(true);
    for (let round = 0; round < 2; round += 1) {
      await query(handle.loadEndpoint, "delete from t where i > 10");
      await withConnection(handle.loadEndpoint, OPTIONS, async (left) => {
        await handle.restoreData(signal);
        await expect(left.query("select 1")).rejects.toThrow();
      });
      const state = await query(
        handle.loadEndpoint,
        `select count(*)::int as rows, pg_get_userbyid(datdba) as owner,
                (select count(*)::int from pgdyno_marker.marker) as markers,
                (select count(*)::int from pg_extension where extname = 'pg_stat_statements') as ext,
                shobj_description(d.oid, 'pg_database') is not null as described
           from t, pg_database d where datname = current_database() group by d.oid, datdba`,
      );
      expect(state).toEqual([
        { rows: 1000, owner: "pgdyno_runner", markers: 1, ext: 1, described: true },
      ]);
    }
  });
});

test("does not drop a database that has lost its marker", async () => {
  await withLocal({}, async (handle) => {
    await handle.keepData(signal);
    await query(handle.adminEndpoint!, "drop schema pgdyno_marker cascade");
    await query(handle.loadEndpoint, "create table precious as select 1 as i");
    await expect(handle.restoreData(signal)).rejects.toMatchObject({ code: "TARGET_NOT_OURS" });
    expect(await query(handle.loadEndpoint, "select i from precious")).toEqual([{ i: 1 }]);
  });
});

test("uses the user's folder, port and settings; a folder with content stays as it is", async () => {
  const folder = await mkdtemp("/var/tmp/volume-");
  await chmod(folder, 0o755);
  try {
    const directory = path.join(folder, "new");
    const postgresql = { parameters: { max_connections: 17, work_mem: "5MB" } };
    await withLocal({ directory, postgresql }, async (handle) => {
      expect(handle.instances[0]!.dataDirectory).toBe(path.join(directory, "pgdyno/data"));
      const { settings } = (await handle.facts(signal)).server;
      expect([settings["max_connections"]?.value, settings["work_mem"]?.value]).toEqual([
        "17",
        "5120",
      ]);
    });
    expect(await readdir(folder)).toEqual([]);

    await mkdir(path.join(directory, "pgdyno"), { recursive: true });
    await writeFile(path.join(directory, "pgdyno", "precious"), "");
    await expect(withLocal({ directory }, async () => {})).rejects.toThrow(/not empty/);
    expect(await readdir(path.join(directory, "pgdyno"))).toEqual(["precious"]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.runIf(process.getuid?.() === 0)(
  "says so where the server's user cannot reach the folder",
  async () => {
    const folder = await mkdtemp("/var/tmp/volume-");
    try {
      const directory = path.join(folder, "closed");
      await expect(withLocal({ directory }, async () => {})).rejects.toThrow(/cannot pass through/);
      expect(await readdir(folder)).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);

/** As soon as the servers say so: `initdb` is most of it. */
const REFUSED_MS = 12_000;

test.each([
  ["a server does", 1, {}],
  ["a cluster's servers do", 2, {}],
  [
    "a cluster's servers, of fewer connections than PostgreSQL's default, do",
    2,
    { max_connections: 17 },
  ],
])(
  "shows the log's last lines where %s not start, and leaves nothing",
  async (_, instances, more) => {
    const before = await readdir("/var/tmp");
    const postgresql = { parameters: { shared_buffers: "1kB", ...more } };
    const beganMs = performance.now();
    await expect(withLocal({ postgresql, instances }, async () => {})).rejects.toMatchObject({
      code: "TARGET_DID_NOT_START",
      message: expect.stringMatching(/shared_buffers/) as string,
    });
    expect(performance.now() - beganMs).toBeLessThan(REFUSED_MS);
    expect((await readdir("/var/tmp")).filter((name) => !before.includes(name))).toEqual([]);
  },
);

test("a cluster whose port somebody has ends with what the server said, after two more tries", async () => {
  const somebody = createServer();
  await new Promise<void>((resolve) => somebody.listen(0, "127.0.0.1", resolve));
  const { port } = somebody.address() as AddressInfo;
  const beganMs = performance.now();
  try {
    await expect(withLocal({ port, instances: 2 }, async () => {})).rejects.toMatchObject({
      code: "TARGET_DID_NOT_START",
      message: expect.stringMatching(/Address already in use/) as string,
    });
    expect(performance.now() - beganMs).toBeLessThan(REFUSED_MS);
  } finally {
    somebody.close();
  }
});

test("keeps the stopped server where it is asked to", async () => {
  let home = "";
  const { said } = await withLocal({ keep: true }, async (handle) => {
    home = path.dirname(handle.instances[0]!.dataDirectory!);
  });
  try {
    expect(said.at(-1)).toBe(`the stopped server is kept in ${home}`);
    await access(path.join(home, "data", "PG_VERSION"));
    await expect(access(path.join(home, "data", "postmaster.pid"))).rejects.toThrow(/ENOENT/);
    await expect(access(path.join(home, "password"))).rejects.toThrow(/ENOENT/);
  } finally {
    await rm(home, { recursive: true });
  }
});

test("what a killed run left is undone from its journal", async () => {
  await withPartContext(async ({ context, openEntries }) => {
    const target = local.open(localOptions.parse({}), context);
    for (const step of target.steps) await step.up(signal);
    const { dataDirectory } = target.handle().instances[0]!;
    const home = path.dirname(dataDirectory!);
    for (const entry of openEntries().toReversed()) {
      if (entry.undo === stopPostgresUndoer.kind) {
        // Its folder is not taken from under a server that runs.
        await expect(removeDirectoryUndoer.undo({ path: home })).rejects.toThrow(/still runs/);
      }
      await carryOut(entry, [removeDirectoryUndoer, stopPostgresUndoer]);
    }
    expect(processesNaming(home)).toEqual([]);
    await expect(access(home)).rejects.toThrow(/ENOENT/);
    // And coming down after that is content.
    for (const step of target.steps.toReversed()) await step.down(signal);
  });
});

test("a server that dies in the middle does not keep the rest from coming down", async () => {
  let home = "";
  await withLocal({}, async (handle) => {
    home = path.dirname(handle.instances[0]!.dataDirectory!);
    process.kill(handle.instances[0]!.postmasterPid!, "SIGKILL");
  });
  await expect(access(home)).rejects.toThrow(/ENOENT/);
});

test.runIf(process.platform === "linux").each([15, 18])(
  "a PostgreSQL %i all of whose processes are killed at once leaves no shared memory",
  async (version) => {
    let names: readonly string[] = [];
    await withLocal({ postgresql: { version } }, async (handle) => {
      const { dataDirectory } = handle.instances[0]!;
      names = findSharedMemory(dataDirectory!).fileNames;
      expect(names.length).toBeGreaterThan(0);
      for (const pid of findServerProcesses(dataDirectory!)) process.kill(pid, "SIGKILL");
    });
    const left = await readdir("/dev/shm");
    expect(names.filter((name) => left.includes(name))).toEqual([]);
  },
);
