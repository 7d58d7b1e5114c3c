import { expect, test } from "vitest";
import { localOptions } from "./options.ts";
import {
  checkpointTimeoutMs,
  chooseParameters,
  formatParameters,
  maxWalBytes,
  sharedBuffersBytes,
  settleParameters,
  showParameter,
} from "./parameters.ts";

const GB = 1024 ** 3;
const choose = (given: Record<string, string | number | boolean>, memoryBytes = 64 * GB) =>
  chooseParameters(given, { memoryBytes, hasPgStatStatements: true });

test("takes a quarter of the memory for shared buffers, at most 1 GB", () => {
  const sizes = [64 * GB, 2 * GB, 32 * 1024 ** 2];
  expect(sizes.map((size) => choose({}, size)["shared_buffers"])).toEqual([
    "1024MB",
    "512MB",
    "16MB",
  ]);
});

test("lets the user's settings win, whatever their case", () => {
  const parameters = choose({ Shared_Buffers: "2GB", track_io_timing: false, max_wal_size: 4096 });
  expect(parameters).toMatchObject({ shared_buffers: "2GB", track_io_timing: "off" });
  expect(sharedBuffersBytes(parameters)).toBe(2 * GB);
  expect(maxWalBytes(parameters)).toBe(4 * GB);
});

test("turns nothing off that keeps data safe", () => {
  const safety = /fsync|synchronous_commit|full_page_writes|autovacuum|wal_level/;
  expect(Object.keys(choose({})).filter((name) => safety.test(name))).toEqual([]);
});

test("does not load a module that the binaries lack", () => {
  const parameters = chooseParameters({}, { memoryBytes: GB, hasPgStatStatements: false });
  expect(parameters).not.toHaveProperty("shared_preload_libraries");
});

test("reads values with PostgreSQL's units and without", () => {
  expect(sharedBuffersBytes({ shared_buffers: "1000" })).toBe(8_192_000);
  expect(maxWalBytes({})).toBe(GB);
  const timeouts = [{}, { checkpoint_timeout: "90" }, { checkpoint_timeout: "15min" }];
  expect(timeouts.map(checkpointTimeoutMs)).toEqual([300_000, 90_000, 900_000]);
});

test("quotes values for postgresql.conf", () => {
  expect(formatParameters({ log_line_prefix: "it's \\ %m" })).toBe(
    "log_line_prefix = 'it''s \\\\ %m'\n",
  );
});

test("refuses settings that the target must decide, all of them at once", () => {
  const result = localOptions.safeParse({
    postgresql: { parameters: { port: 1, PORT: 2, listen_addresses: "*", "a;b": 1 } },
  });
  expect(result.error?.issues.map(({ path }) => path.join("."))).toMatchInlineSnapshot(`
    [
      "postgresql.parameters.a;b",
      "postgresql.parameters.port",
      "postgresql.parameters.PORT",
      "postgresql.parameters.listen_addresses",
    ]
  `);
});

test("refuses what a cluster, an archive and its synchronous set write themselves", () => {
  const parameters = {
    include_dir: "conf.d",
    primary_conninfo: "host=elsewhere",
    archive_command: "true",
    synchronous_commit: "off",
  };
  const refused = (options: object) => {
    const result = localOptions.safeParse({ postgresql: { parameters }, ...options });
    return result.error?.issues.map(({ path }) => path.at(-1));
  };
  expect(refused({})).toEqual(["include_dir"]);
  expect(refused({ instances: 3 })).toEqual(["include_dir", "primary_conninfo"]);
  expect(refused({ instances: 3, synchronous: {}, archive: {} })).toEqual(Object.keys(parameters));
});

test("takes a size as a share of the memory, and shows where it comes from", () => {
  const given = { Shared_Buffers: "25%", work_mem: "0.1% of memory", max_wal_size: "4GB" };
  expect(settleParameters(given, 8 * 1024 ** 3)).toEqual({
    shared_buffers: "2048MB",
    work_mem: "8MB",
    max_wal_size: "4GB",
  });
  expect(showParameter("shared_buffers", "2048MB", "25%")).toBe("shared_buffers=2048MB (25%)");
  expect(showParameter("log_line_prefix", "%m ", "%m ")).toBe("log_line_prefix='%m '");
});
