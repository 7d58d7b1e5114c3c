import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { TargetPlan } from "../../contracts/target-plan.ts";
import { pgbenchOptions } from "./options.ts";
import { planLoad } from "./plan.ts";

const GB = 1024 ** 3;
const here = fileURLToPath(new URL(".", import.meta.url));

interface Scene {
  readonly maxClients?: number;
  readonly target?: Partial<TargetPlan>;
}

function planOf(options: object, { maxClients = 4, target = {} }: Scene = {}) {
  return planLoad(pgbenchOptions.parse(options), {
    target: {
      summary: "",
      estimatedMs: 0,
      memoryBytes: 8 * GB,
      sharedBuffersBytes: GB,
      dataVolumePath: null,
      checkpointTimeoutMs: 300_000,
      maxWalBytes: GB,
      ...target,
    },
    maxClients,
    experimentDirectory: here,
    cores: 2,
  });
}

test("names load and data, with no warning where there is nothing to warn of", async () => {
  const { settledOptions, ...plan } = await planOf({ scale: 20 });
  expect(settledOptions).toEqual(pgbenchOptions.parse({ scale: 20, protocol: "prepared" }));
  expect(plan).toMatchInlineSnapshot(`
    {
      "dataset": {
        "estimatedBytes": 313786368,
        "estimatedMs": 2580,
        "key": "pgbench-tables scale=20 fillfactor=100 partitions=0 foreign-keys=false",
        "summary": "pgbench's tables at scale 20",
      },
      "needs": [
        "pgbench",
      ],
      "readsOnly": false,
      "reconnects": false,
      "tables": [],
      "title": "tpcb-like, scale 20, prepared",
      "warnings": [],
    }
  `);
});

test("takes a scale as a share of memory or of shared_buffers", async () => {
  const titles = await Promise.all(
    ["25% of memory", "2x memory", "50% of shared_buffers", "0.001% of memory"].map(
      async (scale) => (await planOf({ scale })).title,
    ),
  );
  expect(titles).toEqual([
    "tpcb-like, scale 137, prepared",
    "tpcb-like, scale 1095, prepared",
    "tpcb-like, scale 34, prepared",
    "tpcb-like, scale 1, prepared",
  ]);
});

test("says so where the share cannot be told yet, and guesses no size", async () => {
  const plan = await planOf({ scale: "2x memory" }, { target: { memoryBytes: null } });
  expect(plan.title).toBe("tpcb-like, scale 2x memory, prepared");
  expect(plan.dataset?.estimatedBytes).toBeNull();
  expect(plan.warnings).toEqual([
    { path: ["scale"], message: expect.stringContaining("cannot be told before the server is up") },
  ]);
});

test("gives the same key to the same data, however it is filled", async () => {
  const keyOf = async (options: object) => (await planOf(options)).dataset?.key;
  const usual = await keyOf({});
  expect(await keyOf({ initSteps: "dtGvp", builtin: "select-only", protocol: "simple" })).toBe(
    usual,
  );
  for (const other of [
    { scale: 11 },
    { fillfactor: 90 },
    { partitions: 2 },
    { foreignKeys: true },
    { initSteps: "dtgvpf" },
    { initSteps: "dtg" },
  ]) {
    expect(await keyOf(other)).not.toBe(usual);
  }
  expect(await keyOf({ foreignKeys: true })).toBe(await keyOf({ initSteps: "dtgvpf" }));
});

test("warns of row locks where clients outnumber branches, but not where nobody updates them", async () => {
  const warningsOf = async (options: object) =>
    (await planOf({ scale: 10, ...options }, { maxClients: 64 })).warnings;
  expect(await warningsOf({})).toMatchObject([
    {
      path: ["scale"],
      message:
        "Up to 64 clients update 10 rows of pgbench_branches: they will wait for one another's row locks. A scale of at least 64 measures the server instead.",
    },
  ]);
  expect(await warningsOf({ builtin: "select-only" })).toEqual([]);
  expect(await warningsOf({ builtin: "simple-update" })).toEqual([]);
});

test("warns of threads that clients do not fill evenly", async () => {
  expect((await planOf({ threads: 3 })).warnings).toEqual([
    { path: ["threads"], message: expect.stringContaining("do not divide") },
  ]);
  expect((await planOf({ threads: 9 })).warnings).toEqual([
    { path: ["threads"], message: expect.stringContaining("no more threads") },
  ]);
  expect((await planOf({ threads: 2 })).warnings).toEqual([]);
});

test("finds the user's scripts beside the experiment, and says which cannot be read", async () => {
  const scripts = [{ file: "fixtures/read.sql", weight: 2 }, { file: "./fixtures/write.sql" }];
  const plan = await planOf({ scripts, initialize: false });
  expect(plan).toMatchObject({ title: "read.sql + write.sql, simple", dataset: null });
  expect(plan.settledOptions.scripts).toEqual([
    { file: path.join(here, "fixtures/read.sql"), weight: 2 },
    { file: path.join(here, "fixtures/write.sql"), weight: 1 },
  ]);
  await expect(planOf({ scripts: [{ file: "nowhere.sql" }] })).rejects.toMatchObject({
    code: "SCRIPT_INVALID",
    message: expect.stringMatching(/nowhere\.sql.*\n.*ENOENT/),
  });
});

test("says which protocol one's own scripts are sent with, and what another would need", async () => {
  const warningsOf = async (options: object) =>
    (await planOf({ initialize: false, ...options })).warnings;
  const read = { file: "fixtures/read.sql" };
  expect(await warningsOf({ scripts: [read] })).toEqual([
    "read.sql: sent with protocol `simple`, pgbench's default. If the application uses prepared statements, write `protocol: prepared`.",
  ]);
  expect(await warningsOf({ scripts: [read, { file: "fixtures/write.sql" }] })).toEqual([
    "read.sql, write.sql: sent with protocol `simple`, pgbench's default. If the application uses prepared statements, write `protocol: prepared`; that needs changes in the script first (write.sql:2:46: `:aid` inside quotes cannot be a parameter; `protocol: simple` treats it as text).",
  ]);
  expect(await warningsOf({ scripts: [read], protocol: "prepared" })).toEqual([]);
  expect((await planOf({})).warnings).toEqual([]);
});

test("says whether it only reads, and which tables must be there already", async () => {
  const about = async (options: object) => {
    const { readsOnly, tables, dataset } = await planOf(options);
    return { readsOnly, tables, loads: dataset !== null };
  };
  expect(await about({ builtin: "select-only" })).toEqual({
    readsOnly: true,
    tables: [],
    loads: true,
  });
  expect(await about({ builtin: "select-only", initialize: false })).toEqual({
    readsOnly: true,
    tables: ["pgbench_accounts", "pgbench_branches"],
    loads: false,
  });
  expect(await about({ initialize: false })).toMatchObject({ readsOnly: false, loads: false });
});

test("counts fill factor and partitions into the size, and the locks of making them", async () => {
  const { dataset, locks } = await planOf({ scale: 5, fillfactor: 20, partitions: 1000 });
  // Measured on PostgreSQL 15: 353 MB at fill factor 20, and 58 kB for each partition.
  expect(dataset!.estimatedBytes! / (353e6 + 58e6)).toBeCloseTo(1, 1);
  expect(locks).toEqual({ count: 2000, path: ["partitions"] });
});
