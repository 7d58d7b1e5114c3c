import { expect, test } from "vitest";
import type { ComparisonAnalysis } from "../stages/compare/model.ts";
import { reportModelOf } from "../../test/support/report-model.ts";
import { recordOf } from "../../test/support/record.ts";
import { judgeRun } from "./judge-run.ts";

const { objectives, validity, findings } = reportModelOf();
const { manifest } = recordOf({ trials: [{ tps: [1] }] });
const WATCHED = { stage: 1, title: "watched in stage 2", window: { startMs: 0, endMs: 1000 } };

function comparison(is: ComparisonAnalysis["control"]["is"]): ComparisonAnalysis {
  const because = "The same thing twice differed (worse by 12 %).";
  const control = { is, because, metrics: [] };
  return { stage: 0, title: "two", variants: [], control, validity: "invalid", metrics: [] };
}

test("a control that found a difference fails the run, whatever the objectives say", () => {
  expect(objectives.every(({ verdict }) => verdict === "pass")).toBe(true);
  const judge = (is: ComparisonAnalysis["control"]["is"]) =>
    judgeRun(manifest, objectives, validity, findings, null, {
      comparisons: [comparison(is)],
      observations: [],
    });
  expect(judge("different")).toEqual({
    verdict: "fail",
    verdictBecause: "The set-up is broken. The same thing twice differed (worse by 12 %).",
  });
  expect(judge("same").verdict).toBe("pass");
});

test("what was found under a load of ours is no verdict, what was found while watching is", () => {
  const about = { comparisons: [], observations: [WATCHED] };
  expect(judgeRun(manifest, objectives, validity, findings, null, about).verdict).toBe("pass");
  const found = findings.map((finding) =>
    finding.id === "commit-latency" ? { ...finding, at: WATCHED.title } : finding,
  );
  expect(judgeRun(manifest, objectives, validity, found, null, about)).toMatchObject({
    verdict: "fail",
    verdictFinding: "commit-latency",
  });
});

test("an observation that could not be made, or saw a limit that nothing explains, is undecided and says so", () => {
  const watched = { ...manifest, plan: { ...manifest.plan, trials: [], questions: [] } };
  const none = {
    ...findings[0]!,
    id: "no-bottleneck",
    verdict: "unknown" as const,
    rank: null,
    because: "At its limit: CPU of the host.",
    heldBackBy: "CPU of the host",
  };
  const about = { comparisons: [], observations: [] };
  expect(judgeRun(watched, [], validity, [none], null, about)).toEqual({
    verdict: "unknown",
    verdictBecause: "At its limit: CPU of the host.",
    verdictFinding: "no-bottleneck",
    heldBackBy: "CPU of the host",
  });
  expect(judgeRun(watched, [], validity, [none], "It was silent.", about)).toMatchObject({
    verdict: "unknown",
    verdictBecause: "The server could not be watched. It was silent.",
    unwatched: "The server could not be watched. It was silent.",
  });
});
