import { expect, test } from "vitest";
import { SPEC_PARTS } from "../../../test/support/spec-parts.ts";
import { renderFault } from "../../spec/fault.ts";
import { parseExperiment } from "../../spec/parse-experiment.ts";

function parse(stage: string) {
  const text = `target: { local: {} }\nstages:\n  - ${stage}\n`;
  const parsed = parseExperiment({ text, file: "a.yaml", ...SPEC_PARTS });
  return "faults" in parsed
    ? parsed.faults.map(renderFault).join("\n")
    : parsed.experiment.stages[0];
}

test("a failover that says nothing kills the primary under 70 % of the load that is possible", () => {
  expect(parse("failover:")).toEqual({
    kind: "failover",
    fault: { id: "kill-primary", options: { politely: false } },
    workload: { id: "native", options: { scale: 10, protocol: "prepared" } },
    clients: 8,
    load: { share: 0.7 },
    trials: 5,
    warmupMs: 3000,
    windowMs: 20_000,
    holdMs: null,
    recoveryLimitMs: 120_000,
  });
});

test("a fault is a name, or a mapping with its options", () => {
  expect(parse("failover: { fault: stop-standby, rate: 500tps, hold: 2s }")).toMatchObject({
    fault: { id: "stop-standby", options: { politely: false } },
    load: { rateTps: 500 },
    holdMs: 2000,
  });
  expect(parse("failover: { fault: { kill-primary: { politely: true } } }")).toMatchObject({
    fault: { id: "kill-primary", options: { politely: true } },
  });
});

test("a switchover has no fault", () => {
  expect(parse("switchover: { load: 50%, trials: 2 }")).toMatchObject({
    kind: "switchover",
    load: { share: 0.5 },
    trials: 2,
  });
  expect(parse("switchover: { fault: kill-primary }")).toMatch(/`fault` is not known/);
});

test("says what is wrong with a fault, a load or a workload that cannot live through it", () => {
  expect(parse("failover: { fault: kill-everything }")).toMatchInlineSnapshot(`
    "a.yaml:3:24: \`stages[0].failover.fault\` is \`kill-everything\`, but must be \`kill-primary\` or \`stop-standby\` or a mapping with the fault as its key, such as \`kill-primary: {}\`.
       3 |   - failover: { fault: kill-everything }
         |                        ^"
  `);
  expect(parse("failover: { load: 130%, rate: 5, workload: { pgbench: {} } }"))
    .toMatchInlineSnapshot(`
    "a.yaml:3:23: \`stages[0].failover.load\` is \`130%\`, but must be a share such as \`70%\`, at most 100%.
       3 |   - failover: { load: 130%, rate: 5, workload: { pgbench: {} } }
         |                       ^
    a.yaml:3:35: \`stages[0].failover.rate\` is 5, but must not stand beside \`load\`: name either.
       3 |   - failover: { load: 130%, rate: 5, workload: { pgbench: {} } }
         |                                   ^
    a.yaml:3:48: \`stages[0].failover.workload\` must be \`native\`: other loads end with their connections and keep no ledger.
       3 |   - failover: { load: 130%, rate: 5, workload: { pgbench: {} } }
         |                                                ^"
  `);
});
