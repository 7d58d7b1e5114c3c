import { expect, test } from "vitest";
import type { WorkloadOutcome } from "../contracts/workload.ts";
import { mergeOutcomes } from "./merge-outcomes.ts";

const OUTCOME: WorkloadOutcome = {
  transactions: 10,
  failed: 1,
  skipped: 2,
  retried: 3,
  unknown: 4,
  generatorCpuMs: 100,
  generatorThreads: 2,
  eventLoopDelayMsP99: 5,
  statements: [{ script: "s", position: 1, text: "begin", count: 10, failed: 0, latencyMsMean: 2 }],
  errors: [
    {
      sqlState: "40001",
      message: "could not serialize",
      hint: null,
      script: "s",
      line: 2,
      statement: "update",
      count: 3,
      firstMs: 50,
      lastMs: 60,
    },
  ],
  endedClients: 1,
  warnings: ["Client 1 ended early."],
};

test("parts are added up, means weighted, errors joined by kind", () => {
  const other: WorkloadOutcome = {
    ...OUTCOME,
    statements: [{ ...OUTCOME.statements[0]!, count: 30, latencyMsMean: 6 }],
    errors: [
      { ...OUTCOME.errors![0]!, message: "another text", count: 2, firstMs: 10, lastMs: 20 },
    ],
    eventLoopDelayMsP99: 9,
    warnings: [],
  };
  expect(
    mergeOutcomes([
      ["a", OUTCOME],
      ["b", other],
    ]),
  ).toEqual({
    transactions: 20,
    failed: 2,
    skipped: 4,
    retried: 6,
    unknown: 8,
    generatorCpuMs: 200,
    generatorThreads: 4,
    eventLoopDelayMsP99: 9,
    statements: [
      { script: "s", position: 1, text: "begin", count: 40, failed: 0, latencyMsMean: 5 },
    ],
    errors: [{ ...other.errors![0]!, count: 5, firstMs: 10, lastMs: 60 }],
    endedClients: 2,
    warnings: ["a: Client 1 ended early."],
  });
});

test("what one part does not know is not known of the whole", () => {
  const { errors: _, endedClients: __, ...bare } = OUTCOME;
  const merged = mergeOutcomes([
    ["a", { ...bare, generatorCpuMs: null }],
    ["b", bare],
  ]);
  expect(merged.generatorCpuMs).toBeNull();
  expect(merged).not.toHaveProperty("errors");
  expect(merged).not.toHaveProperty("endedClients");
});
