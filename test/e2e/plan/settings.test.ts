import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { beforeAll, expect, test } from "vitest";
import { nodeProcesses } from "../../../src/lib/node-processes.ts";
import { findPostgresql } from "../../../src/targets/local/find-postgresql.ts";
import { chooseServerUser } from "../../../src/targets/local/server-user.ts";
import { tryExperiment } from "../../support/plan-file.ts";

const VERSIONS = [14, 15, 17, 18] as const;

beforeAll(async () => {
  const processes = nodeProcesses();
  const user = await chooseServerUser(processes);
  const fetch = { processes, user, mayFetch: true };
  for (const version of VERSIONS) await findPostgresql({ version, from: "embedded" }, fetch);
});

const FIRST_LINE = 7;

/** One setting a line, so that its line tells which. */
function withSettings(
  version: number,
  settings: Readonly<Record<string, string>>,
  { from = "embedded", clients = "1" } = {},
): string {
  const lines = Object.entries(settings).map(([name, value]) => `        ${name}: ${value}`);
  return [
    "target:",
    "  local:",
    "    postgresql:",
    `      version: ${version}`,
    `      from: ${from}`,
    "      parameters:",
    ...lines,
    "stages:",
    `  - ladder: { workload: { native: { scale: 1 } }, clients: ${clients}, duration: 1s, repetitions: 1 }`,
    "",
  ].join("\n");
}

/** One fault each, in one file: value, and what is said with column, words and way out. */
const REFUSED: Readonly<Record<string, readonly [value: string, said: RegExp]>> = {
  shared_buffers: [
    "lots",
    /^25: `shared_buffers` is `lots`, which PostgreSQL .* does not take: invalid value for parameter "shared_buffers": "lots"/,
  ],
  max_wal_size: [
    "4GBB",
    /^23: .*Valid units for this parameter are "B", "kB", "MB", "GB", and "TB"\.$/,
  ],
  max_connections: ["25%", /^26: `max_connections` is `25%` \(\d+MB here\), which PostgreSQL/],
  checkpoint_timeout: ["1s", /^29: .*outside the valid range for parameter "checkpoint_timeout"/],
  checkpoint_segments: ["32", /^9: `checkpoint_segments` is no setting of PostgreSQL [^?]*\.$/],
  shared_bufers: [
    "1GB",
    /^9: `shared_bufers` is no setting of .* Did you mean `shared_buffers`\?$/,
  ],
  block_size: ["8192", /^21: .*parameter "block_size" cannot be changed/],
  timezone: ["Nowhere/Else", /^19: .*invalid value for parameter "TimeZone"/],
  shared_preload_libraries: [
    "nowhere",
    /^35: With `shared_preload_libraries` as `nowhere` .* does not start: could not access file "nowhere": .* This build does not bring that library\.$/,
  ],
  "pg_stat_statements.track": [
    "most",
    /^35: `pg_stat_statements\.track` is `most`, .* Available values: none, top, all\.$/,
  ],
  "pg_stat_statements.trak": ["all", /^9: `pg_stat_statements\.trak` is no setting of [^?]*\.$/],
  superuser_reserved_connections: [
    "300",
    /^41: With `superuser_reserved_connections` as `300` .* does not start: .*must be less than/,
  ],
  wal_level: ["minimal", /^20: With `wal_level` as `minimal` .* does not start: WAL streaming/],
  min_wal_size: ["1MB", /^23: .*(outside the valid range|must be at least twice)/],
};

test.each(VERSIONS)(
  "PostgreSQL %i refuses each of these by line and column, all at once",
  async (version) => {
    const rows = Object.entries(REFUSED);
    const settings = Object.fromEntries(rows.map(([name, [value]]) => [name, value]));
    const { status, faults } = await tryExperiment(withSettings(version, settings));
    expect(status).toBe(2);
    expect(faults).toHaveLength(rows.length);
    for (const [i, [, [, said]]] of rows.entries()) {
      const [, line, rest] = /^(\d+):(.*)$/.exec(faults[i]!)!;
      expect(Number(line)).toBe(FIRST_LINE + i);
      expect(rest).toMatch(said);
    }
  },
);

test.each(VERSIONS)(
  "PostgreSQL %i: a near miss of a library, and too few slots",
  async (version) => {
    const near = { shared_preload_libraries: "pg_stat_statments" };
    expect((await tryExperiment(withSettings(version, near))).faults).toEqual([
      expect.stringMatching(/^7:35: .* Did you mean `pg_stat_statements`\?$/),
    ]);
    const few = { max_connections: "5" };
    expect((await tryExperiment(withSettings(version, few))).faults).toEqual([
      expect.stringMatching(
        /^9:60: The client of `stages\[0\]` does not fit: of the server's 5 connection slots \(`max_connections`\) 3 are reserved, and pgdyno itself takes 4\. There is room for 0\./,
      ),
    ]);
  },
);

test.each(VERSIONS)(
  "PostgreSQL %i takes these, and a size as a share of the memory",
  async (version) => {
    const settings = {
      shared_buffers: "1%",
      WORK_MEM: '"0.1% of memory"',
      max_wal_size: "2GB",
      checkpoint_timeout: "30s",
      "app.tenant": "seven",
      max_connections: "40",
      random_page_cost: "1.1",
      autovacuum: "false",
    };
    const { status, faults, stdout } = await tryExperiment(withSettings(version, settings));
    expect({ status, faults }).toEqual({ status: 0, faults: [] });
    expect(stdout).toMatch(/shared_buffers=\d+MB \(1%\)/);
    expect(stdout).toMatch(/work_mem=\d+[kM]B \(0\.1% of memory\)/);
  },
);

test("names the version that knows a setting, and the build that takes a value", async () => {
  for (const version of [14, 15, 17]) {
    const { faults } = await tryExperiment(withSettings(version, { io_method: "worker" }));
    expect(faults).toEqual([
      expect.stringMatching(
        /^7:9: `io_method` is no setting of PostgreSQL 1[457]\..* PostgreSQL 18\.\d+ \(embedded .*\) takes it: `version: 18`\.$/,
      ),
    ]);
  }
  expect((await tryExperiment(withSettings(18, { io_method: "worker" }))).status).toBe(0);
  // The embedded builds are made without LZ4, Debian's is made with it.
  const lz4 = { wal_compression: "lz4" };
  const { faults } = await tryExperiment(withSettings(15, lz4));
  expect(faults).toEqual([
    expect.stringMatching(
      /^7:26: .*Available values: pglz, on, off\. PostgreSQL 15\.\d+ \(\/.*\) takes it: `from: machine`\.$/,
    ),
  ]);
  expect((await tryExperiment(withSettings(15, lz4, { from: "machine" }))).status).toBe(0);
});

test("tells everything at once: settings, what they are together, variants and clients", async () => {
  const text = `
target:
  local:
    postgresql:
      version: 17
      parameters:
        wal_level: minimal
        shared_bufers: 1GB
        shared_preload_libraries: nowhere
stages:
  - compare:
      workload: { native: { scale: 1 } }
      a: {}
      b: { parameters: { max_wal_size: lots, PORT: 5555, max_connections: 20 } }
      clients: 30
  - ladder: { workload: { native: { scale: 1 } }, clients: [1, 8, 250, 300] }
`;
  const { status, faults } = await tryExperiment(text);
  expect(status).toBe(2);
  expect(faults).toEqual([
    expect.stringMatching(/^7:20: With `wal_level` as `minimal`/),
    expect.stringMatching(/^8:9: `shared_bufers` is no setting/),
    expect.stringMatching(/^9:35: With `shared_preload_libraries` as `nowhere`/),
    expect.stringMatching(/^14:40: `max_wal_size` is `lots`/),
    expect.stringMatching(/^14:46: `port` cannot be set here: set `port` of the target\./),
    expect.stringMatching(/^14:75: The 30 clients of `stages\[0\]` do not fit: of the server's 20/),
    expect.stringMatching(
      /^16:67: The 250 clients of `stages\[1\]` do not fit.* Set `max_connections: 257` or more/,
    ),
  ]);
});

test("a variant on another version is tried on that version, with the target's own settings", async () => {
  const text = `
target: { local: { postgresql: { version: 18, parameters: { io_method: sync } } } }
stages:
  - compare:
      workload: { native: { scale: 1 } }
      a: {}
      b: { version: 17, parameters: { wal_compression: on } }
      clients: 2
`;
  const { faults } = await tryExperiment(text);
  expect(faults).toEqual([
    expect.stringMatching(/^2:61: `io_method` is no setting of PostgreSQL 17\..*`version: 18`\.$/),
  ]);
});

test("settings of a cluster and of an archive are theirs; a cluster changes none between trials", async () => {
  const cluster = (fields: string, stages: string) =>
    `target: { local: { instances: 2, ${fields} } }\nstages:\n  - ${stages}\n`;
  const ladder = "ladder: { workload: { native: {} } }";
  const conninfo = "postgresql: { parameters: { primary_conninfo: host=elsewhere } }";
  expect((await tryExperiment(cluster(conninfo, ladder))).faults).toEqual([
    expect.stringMatching(/^1:80: .*primary_conninfo.*cannot be set here: the target leads/),
  ]);
  const compare =
    "compare: { workload: { native: {} }, a: {}, b: { parameters: { work_mem: 8MB } } }";
  expect((await tryExperiment(cluster("keep: false", compare))).faults).toEqual([
    expect.stringMatching(/^3:.*this target is a cluster of 2\. .*pgdyno compare/),
  ]);
});

test("warns of what the report cannot tell, and of settings without effect", async () => {
  const settings = {
    shared_preload_libraries: "auto_explain",
    "pg_stat_statements.max": "1000",
    track_io_timing: "false",
  };
  const { status, warnings } = await tryExperiment(withSettings(18, settings));
  expect(status).toBe(0);
  expect(warnings).toEqual([
    expect.stringMatching(/^11:\d+: Quick: /),
    expect.stringMatching(
      /^7:35: .*loads pg_stat_statements: .* `shared_preload_libraries: "pg_stat_statements,auto_explain"`/,
    ),
    expect.stringMatching(
      /^8:33: `pg_stat_statements\.max` has no effect: `pg_stat_statements` is not loaded/,
    ),
    expect.stringMatching(
      /^9:26: With `track_io_timing` as `off` the report cannot tell how long reads/,
    ),
  ]);
});

test("counts locks of partitions and sizes of fill factors, and finds no tables on a fresh server", async () => {
  const text = (load: string) =>
    `target: { local: {} }\nstages:\n  - ladder: { workload: { ${load} }, clients: [1], duration: 1s }\n`;
  expect((await tryExperiment(text("pgbench: { scale: 1, partitions: 100000 }"))).faults).toEqual([
    expect.stringMatching(/^3:60: Making this data locks about 200,000 tables and indexes/),
  ]);
  expect((await tryExperiment(text("pgbench: { scale: 1, partitions: 7800 }"))).warnings).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^3:60: .*it may fail with "out of shared memory"/),
    ]),
  );
  expect(
    (await tryExperiment(text("native: { scale: 1000000, fillfactor: 20 }"))).warnings,
  ).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^3:44: .* needs about \d\d\d? TB: it will not start/),
    ]),
  );
  expect(
    (await tryExperiment(text("native: { builtin: select-only, initialize: false }"))).faults,
  ).toEqual([
    expect.stringMatching(/^3:71: This load uses pgbench_accounts, .* made anew for the run/),
  ]);
});

test("a run is refused before anything is set up, and a plan leaves nothing behind", async () => {
  const { status, faults, stderr } = await tryExperiment(
    withSettings(18, { shared_buffers: "lots" }),
    ["run", "--runs", "records"],
  );
  expect({ status, faults }).toMatchObject({
    status: 2,
    faults: [expect.stringMatching(/^7:25:/)],
  });
  expect(stderr).not.toContain("initialise");
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith("pgdyno-settings-"))).toEqual([]);
});
