import { expect, test } from "vitest";
import type { TrialError, TrialOutcome } from "../../record/events.ts";
import { NO_LATENCY } from "../../analysis/no-latency.ts";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { trialOf } from "../../../test/support/trial.ts";
import { loadFailing as rule } from "./load-failing.ts";

const OUTCOME: TrialOutcome = {
  transactions: 0,
  failed: 0,
  skipped: 0,
  retried: 0,
  unknown: 0,
  generatorCpuMs: null,
  generatorThreads: 1,
  eventLoopDelayMsP99: null,
  statements: [],
  databaseBytesBefore: null,
  databaseBytesAfter: null,
  warnings: [],
};

const errorOf = (changed: Partial<TrialError>): TrialError => ({
  sqlState: "42P01",
  message: 'relation "t" does not exist',
  hint: null,
  script: "s.sql",
  line: 3,
  statement: "select * from t;",
  count: 1,
  firstMs: 0,
  lastMs: 0,
  ...changed,
});

function judge(succeeded: number, failed: number, errors?: readonly TrialError[]) {
  const outcome = errors === undefined ? OUTCOME : { ...OUTCOME, errors };
  const latency = { ...NO_LATENCY, count: succeeded };
  return rule.judge(evidenceOf({}, { trial: trialOf({ latency, failed, outcome }) }));
}

test("fails with the commonest error in the server's words, and weighs by the share that failed", () => {
  const rare = errorOf({ sqlState: "40001", message: "could not serialize access", count: 2 });
  expect(judge(75, 25, [rare, errorOf({ count: 23 })])).toMatchObject({
    is: "fail",
    because:
      '25 % of the transactions failed, most of them here: s.sql:3: relation "t" does not exist (SQLSTATE 42P01).',
    weight: 0.25,
    confidence: "confirmed",
  });
});

test("advises by the code of the error, or its class", () => {
  const adviceOn = (sqlState: string | null) => {
    const answer = judge(0, 10, [errorOf({ sqlState, count: 10 })]);
    return answer.is === "fail" ? answer.advice : null;
  };
  expect(adviceOn("40001")).toContain("maxTries");
  expect(adviceOn("42501")).toContain("Grant");
  expect(adviceOn("23505")).toContain("constraint");
  expect(adviceOn("57014")).toContain("timeout");
  expect(adviceOn(null)).toContain("s.sql:3");
});

test("no transaction at all is a failure too, with an error or without one", () => {
  expect(judge(0, 0, [])).toMatchObject({
    is: "fail",
    because: expect.stringContaining("waited for their answers"),
    weight: 1,
  });
  expect(judge(0, 0, [errorOf({})])).toMatchObject({
    because: expect.stringContaining("s.sql:3"),
  });
});

test("a blip passes, and a record that does not tell errors is judged by its counts", () => {
  expect(judge(100_000, 5).is).toBe("pass");
  expect(judge(1000, 0)).toMatchObject({ is: "pass", because: "No transaction failed." });
  expect(judge(90, 10)).toMatchObject({ is: "fail", because: "10 % of the transactions failed." });
});

test("says nothing of a load that is not pgdyno's own", () => {
  expect(rule.judge(evidenceOf({})).is).toBe("unknown");
});
