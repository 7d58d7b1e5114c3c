import { expect, test } from "vitest";
import { z } from "zod";
import { pgbenchOptions } from "./options.ts";

const faultsOf = (options: object) =>
  pgbenchOptions.safeParse(options).error?.issues.map(({ path }) => path.join(".")) ?? [];

test("an empty workload is a whole one", () => {
  expect(pgbenchOptions.parse({})).toMatchInlineSnapshot(`
    {
      "allowShell": false,
      "connectPerTransaction": false,
      "fillfactor": 100,
      "foreignKeys": false,
      "initSteps": "dtgvp",
      "initialize": true,
      "maxTries": 1,
      "partitions": 0,
      "scale": 10,
      "vacuum": false,
      "variables": {},
    }
  `);
});

test("refuses what pgbench would refuse, by field", () => {
  expect(faultsOf({ scale: 0, fillfactor: 5, initSteps: "dtx" })).toEqual([
    "scale",
    "initSteps",
    "fillfactor",
  ]);
  expect(faultsOf({ scale: "half of memory" })).toEqual(["scale"]);
  expect(faultsOf({ latencyLimit: "100" })).toEqual(["latencyLimit"]);
  expect(faultsOf({ latencyLimit: "0ms" })).toEqual(["latencyLimit"]);
  expect(faultsOf({ builtin: "tpcb-like", scripts: [{ file: "a.sql" }] })).toEqual(["scripts"]);
  expect(faultsOf({ scripts: [{ file: "a.sql", weight: 0 }] })).toEqual(["scripts"]);
  expect(faultsOf({ variables: { "a b": 1 } })).toEqual(["variables.a b"]);
  expect(faultsOf({ clients: 4 })).toEqual([""]);
});

test("describes every field, for the reference and the editor's schema", () => {
  const schema = z.toJSONSchema(pgbenchOptions, { io: "input" });
  const bare = Object.entries(schema.properties ?? {}).filter(
    ([, field]) => typeof field !== "object" || field.description === undefined,
  );
  expect(bare).toEqual([]);
});
