import { expect, test } from "vitest";
import { initializeArguments, loadArguments } from "./arguments.ts";
import { pgbenchOptions } from "./options.ts";
import { scriptsOf } from "./scripts.ts";

const pgbenchOf = (major: number) => ({ path: "/bin/pgbench", version: `${major}.1`, major });
const SIZE = {
  clients: 8,
  threads: 2,
  durationMs: 1500,
  rateTps: null,
  seed: 7,
  defaultSeed: null,
  scale: null,
};

function argumentsOf(options: object, { major = 15, size = {} } = {}) {
  const parsed = pgbenchOptions.parse(options);
  const scripts = scriptsOf(parsed, "/experiment");
  return loadArguments(pgbenchOf(major), parsed, scripts, { ...SIZE, ...size }, "/scratch/log");
}

test("a closed loop of the built-in script", () => {
  expect(argumentsOf({})).toMatchInlineSnapshot(`
    [
      "--client=8",
      "--jobs=2",
      "--time=2",
      "--protocol=prepared",
      "--random-seed=7",
      "--progress=1",
      "--log",
      "--log-prefix=/scratch/log",
      "-r",
      "--no-vacuum",
      "--failures-detailed",
      "--builtin=tpcb-like",
    ]
  `);
});

test("an open loop of the user's scripts, with everything", () => {
  const options = {
    scripts: [{ file: "a.sql", weight: 3 }, { file: "sub/b.sql" }],
    latencyLimit: "1.5s",
    maxTries: 4,
    connectPerTransaction: true,
    vacuum: true,
    protocol: "simple",
    variables: { top: 5, name: "x y" },
  };
  const args = argumentsOf(options, { size: { rateTps: 250.5, scale: 3 } });
  expect(args.slice(4)).toMatchInlineSnapshot(`
    [
      "--random-seed=7",
      "--progress=1",
      "--log",
      "--log-prefix=/scratch/log",
      "-r",
      "--no-vacuum",
      "--rate=250.5",
      "--latency-limit=1500",
      "--connect",
      "--failures-detailed",
      "--max-tries=4",
      "--define=top=5",
      "--define=name=x y",
      "--scale=3",
      "--file=/experiment/a.sql@3",
      "--file=/experiment/sub/b.sql@1",
    ]
  `);
});

test("asks an old pgbench for nothing that it does not know, and says so where it is needed", () => {
  expect(argumentsOf({}, { major: 14 })).not.toContain("--failures-detailed");
  expect(() => argumentsOf({ maxTries: 2 }, { major: 14 })).toThrow(
    "/bin/pgbench is pgbench 14.1, and `maxTries` above 1 needs version 15 or later.",
  );
  const fill = (options: object) => () =>
    initializeArguments(pgbenchOf(12), pgbenchOptions.parse(options), 1);
  expect(fill({ partitions: 2 })).toThrow("needs version 13");
  expect(fill({ initSteps: "dtGvp" })).toThrow("needs version 13");
  expect(fill({ foreignKeys: true })()).toEqual([
    "--initialize",
    "--init-steps=dtgvp",
    "--scale=1",
    "--fillfactor=100",
    "--foreign-keys",
  ]);
});
