import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { trialOf } from "../../../test/support/trial.ts";
import { connectionChurn as rule } from "./connection-churn.ts";

const judge = (sessionsPerS: number, throughputTps: number) =>
  rule.judge(
    evidenceOf(
      { "pg-database/sessions": [100, 100 + sessionsPerS * 10] },
      { everyMs: 10_000, trial: trialOf({ throughputTps }) },
    ),
  );

test("fails where each transaction opens a connection of its own", () => {
  expect(judge(90, 90)).toMatchObject({
    is: "fail",
    confidence: "confirmed",
    because: "90 sessions were begun per second, 1 for each transaction.",
  });
});

test("suspects where only some do", () => {
  expect(judge(90, 450)).toMatchObject({ is: "fail", confidence: "suspected" });
});

test("passes where connections stay open, and where the odd one is new", () => {
  expect(judge(2, 5000).is).toBe("pass");
  expect(judge(1, 2).is).toBe("pass");
});

test("counts the server's commits where nobody counts the load's transactions", () => {
  const values = { "pg-database/sessions": [0, 480], "pg-database/allCommits": [0, 962] };
  expect(rule.judge(evidenceOf(values)).is).toBe("fail");
});

test("is unknown on a server that does not count sessions", () => {
  const values = { "pg-database/sessions": [null, null], "pg-database/allCommits": [0, 962] };
  expect(rule.judge(evidenceOf(values)).is).toBe("unknown");
});
