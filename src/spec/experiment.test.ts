import { expect, test } from "vitest";
import { SPEC_PARTS } from "../../test/support/spec-parts.ts";
import { parseExperiment, parseExperimentOrThrow } from "./parse-experiment.ts";

const parse = (text: string, file = "/tmp/My Test.yaml") =>
  parseExperiment({ text, file, ...SPEC_PARTS });

test("an experiment with only a target and one stage is valid, and every default is filled in", () => {
  const parsed = parse("target: { local: }\nstages: [{ ladder: { workload: { native: } } }]");
  expect(parsed).toMatchObject({
    experiment: {
      name: "my-test",
      seed: "my-test",
      directory: "/tmp",
      objectives: { p99Ms: null, throughputTps: null, budget: null },
      target: { id: "local", options: { postgresql: { version: 18, parameters: {} } } },
      stages: [
        {
          kind: "ladder",
          workloads: [{ id: "native", options: { scale: 10, protocol: "prepared" } }],
          clients: [1, 2, 4, 8, 16, 32],
          ratesTps: null,
          windowMs: 60_000,
          warmupMs: 10_000,
          cooldownMs: 1000,
          repetitions: 5,
          between: "restore",
        },
      ],
    },
  });
});

test("quantities become base units, and aliases are followed", () => {
  const parsed = parse(`
seed: 7
objectives: { rpo: 0 transactions, rto: 30s, p99: 50ms, throughput: 2000tps, budget: 500 EUR }
target: { local: {} }
stages:
  - ladder: &a { workload: { native: {} }, rates: [100tps, 2000], clients: 8, duration: 1.5min }
  - ladder: *a
`);
  expect(parsed).toMatchObject({
    experiment: {
      seed: "7",
      objectives: {
        rpoTransactions: 0,
        rtoMs: 30_000,
        p99Ms: 50,
        throughputTps: 2000,
        budget: "500 EUR",
      },
      stages: [{ ratesTps: [100, 2000], clients: [8], windowMs: 90_000 }, { windowMs: 90_000 }],
    },
  });
});

test("a secret is struck out of the text that the record keeps", () => {
  const parsed = parse(`
target:
  existing:
    dsn: &dsn postgresql://app:hunter2@db/shop # password=hunter2
    password: "hunter2hunter2"
stages: [{ ladder: { workload: { native: {} } } }]
`);
  expect("struckText" in parsed && parsed.struckText).toMatchInlineSnapshot(`
    "
    target:
      existing:
        dsn: &dsn *** # password=***
        password: ***
    stages: [{ ladder: { workload: { native: {} } } }]
    "
  `);
});

test("all faults come as one error with exit status 2", () => {
  const text = "target: { local: {} }\nstages: [{ ladder: { duration: 5 } }]";
  expect(() => parseExperimentOrThrow({ text, file: "a.yaml", ...SPEC_PARTS })).toThrow(
    expect.objectContaining({
      code: "SPEC_INVALID",
      exit: 2,
      facts: expect.objectContaining({ count: 2 }),
    }),
  );
});

test("a heap of aliases is refused, not expanded", () => {
  const levels = ["a", "b", "c", "d", "e", "f", "g", "h"];
  const lines = levels.map((name, i) => {
    const inside = i === 0 ? "x" : `*${levels[i - 1]}`;
    return `${name}: &${name} [${Array.from({ length: 9 }, () => inside).join(",")}]`;
  });
  expect(parse(lines.join("\n"))).toMatchObject({
    faults: [{ message: expect.stringContaining("alias") }],
  });
});
