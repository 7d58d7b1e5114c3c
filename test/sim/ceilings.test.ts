import { expect, test } from "vitest";
import type { CeilingsStage } from "../../src/stages/ceilings/schema.ts";
import { simulate } from "../support/simulate.ts";

const ABSENT = { id: "absent", options: {} };
const STAGE: CeilingsStage = {
  kind: "ceilings",
  of: null,
  workload: ABSENT,
  wal: ABSENT,
  empty: ABSENT,
  clients: 4,
  warmupMs: 1000,
  windowMs: 5000,
  pileBytes: 1024 ** 2,
  drainMs: 1000,
  walBytesPerS: null,
  under: null,
};

test("a simulated target writes no WAL, and the stage says so before anything is loaded", async () => {
  const run = await simulate(1, { stages: [STAGE], server: { instances: 3, noise: 0 } });
  expect(String(run.error)).toMatch(
    /Ceilings cannot be measured here: a simulated target writes no WAL/,
  );
  expect(run.left).toEqual([]);
});
