import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { localOptions } from "../../options.ts";
import { configOf, newestOf, targetOptions } from "./open-pgbackrest.ts";

test("everything that it writes is below the run's folder", () => {
  const config = configOf(
    { processMax: 3, asynchronous: true, compression: "gz" },
    { folder: "/run/pgbackrest", repository: "/run/archive" },
  );
  expect(config).toMatchInlineSnapshot(`
    "[global]
    repo1-path=/run/archive
    spool-path=/run/pgbackrest/spool
    lock-path=/run/pgbackrest/lock
    log-path=/run/pgbackrest/log
    log-level-console=warn
    log-level-file=detail
    process-max=3
    archive-async=y
    compress-type=gz
    start-fast=y
    repo1-retention-full=9999999

    [pgdyno]
    "
  `);
});

test("a target becomes what restore takes", () => {
  const time = "2026-05-04 10:00:00.123456+00";
  expect(targetOptions("latest")).toEqual(["--type=default"]);
  expect(targetOptions({ time, inclusive: false })).toEqual([
    "--type=time",
    `--target=${time}`,
    "--target-action=promote",
    "--target-exclusive",
  ]);
  expect(targetOptions({ lsnBytes: 0x16_b374_d848 })).toEqual([
    "--type=lsn",
    "--target=16/B374D848",
    "--target-action=promote",
  ]);
  expect(targetOptions({ name: "before" })).toEqual([
    "--type=name",
    "--target=before",
    "--target-action=promote",
  ]);
});

test("reads the newest backup from what `info` really printed", () => {
  const json = readFileSync(new URL("fixtures/info-2.45.json", import.meta.url), "utf8");
  expect(newestOf(json)).toMatchInlineSnapshot(`
    {
      "bytes": 30595652,
      "endLsnBytes": 33554688,
      "label": "20261122-120146F",
      "startLsnBytes": 33554472,
      "timeline": 1,
    }
  `);
});

test("its own way of pushing several at once stands in for ours", () => {
  const parse = (archive: object) =>
    localOptions
      .safeParse({ archive })
      .error?.issues.map(({ path, message }) => [path.at(-1), message]);
  expect(parse({ pgbackrest: {} })).toBeUndefined();
  expect(parse({ pgbackrest: {}, concurrency: 4, compression: "gzip" })).toEqual([
    ["concurrency", "must not stand beside `pgbackrest`: use its `processMax`"],
    ["compression", "must not stand beside `pgbackrest`: use its `compression`"],
  ]);
});
