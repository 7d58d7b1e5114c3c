import { build } from "hdr-histogram-js";
import { expect, test } from "vitest";
import type { LoadInterval, TrialError, WorkloadOutcome } from "../contracts/workload.ts";
import { trialOf } from "../../test/support/trial.ts";
import { outcomeOf } from "../../test/support/workload-outcome.ts";
import { watchSuccess } from "./watch-success.ts";

const PLANNED = { ...trialOf().planned, clients: 2, windowMs: 10_000 };

const intervalOf = (atMs: number, transactions: number, failed: number): LoadInterval => ({
  atMs,
  intervalMs: 1000,
  scripts: [
    {
      script: "s.sql",
      transactions,
      failed,
      skipped: 0,
      retried: 0,
      unknown: 0,
      latency: build(),
      service: null,
      lag: null,
    },
  ],
  eventLoopDelayMsP99: null,
  generatorCores: null,
});

const ERROR: TrialError = {
  sqlState: "23505",
  message: "duplicate key",
  hint: null,
  script: "s.sql",
  line: 2,
  statement: "insert into t values (1);",
  count: 40,
  firstMs: 0,
  lastMs: 0,
};

/** Intervals of a second, then the end; the window begins after two seconds. */
function judge(
  intervals: readonly (readonly [number, number])[],
  outcome: Partial<WorkloadOutcome>,
  planned = PLANNED,
) {
  const watch = watchSuccess(planned);
  intervals.forEach(([done, failed], i) => watch.observe(intervalOf((i + 1) * 1000, done, failed)));
  const end = () => watch.judge(outcomeOf(outcome), { startMs: 2000, loadMs: 12_000 });
  return { isHopeless: watch.hopeless.aborted, end };
}

test("gives a load up once nothing but failures came for ten seconds", () => {
  const failing = Array.from({ length: 9 }, () => [0, 5] as const);
  expect(judge(failing, {}).isHopeless).toBe(false);
  expect(judge([...failing, [0, 5]], {}).isHopeless).toBe(true);
  expect(judge([[1, 5], ...failing], {}).isHopeless).toBe(false);
});

test("waits for long transactions that do not fail", () => {
  const waiting = Array.from({ length: 60 }, () => [0, 0] as const);
  expect(judge(waiting, {}).isHopeless).toBe(false);
});

test("nothing at all is told with its errors, or that no answer came", () => {
  expect(judge([], { failed: 40, errors: [ERROR] }).end).toThrow(
    "No transaction of tpcb-like, 2 clients succeeded in 12 s; 40 failed. s.sql:2: duplicate key (SQLSTATE 23505).",
  );
  expect(judge([], { endedClients: 2, errors: [ERROR] }).end).toThrow("all 2 clients ended");
  expect(judge([], {}).end).toThrow("none was answered. No error was seen");
});

test("a window without success is told where there were errors, not where transactions are long", () => {
  const early = [[3, 0], ...Array.from({ length: 5 }, () => [0, 0])] as [number, number][];
  expect(judge(early, { transactions: 3, failed: 9, errors: [ERROR] }).end).toThrow(
    "in its window of 10 s",
  );
  expect(judge(early, { transactions: 3 }).end).not.toThrow();
  const later = [...early, [1, 0]] as [number, number][];
  expect(judge(later, { transactions: 4, failed: 9, errors: [ERROR] }).end).not.toThrow();
});

test("an open loop that was late with everything has an answer, and so has a trial with a fault", () => {
  expect(judge([], { skipped: 9 }).end).not.toThrow();
  const disturbed = {
    ...PLANNED,
    disturbance: { kind: "fault", fault: "kill-primary" } as never,
  };
  expect(judge([[3, 0]], { transactions: 3, unknown: 2 }, disturbed).end).not.toThrow();
});
