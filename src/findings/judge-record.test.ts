import { expect, test } from "vitest";
import { recordOf } from "../../test/support/record.ts";
import { analyzeRecord } from "../analysis/analyze-record.ts";
import { fail, pass, unknown } from "./answers.ts";
import { judgeRecord } from "./judge-record.ts";
import { type Answer, type Confidence, defineRule, type Rule } from "./rule.ts";
import { STAGE_ANALYSES } from "../stages/analyses.ts";

const level = (tps: number, seconds = 5) => Array.from({ length: seconds }, () => tps);
const failing = (weight: number, confidence: Confidence = "confirmed"): Answer =>
  fail({
    because: "b",
    evidence: [],
    confidence,
    advice: "a",
    refutedBy: "r",
    experiment: { change: "c", predicts: null },
    weight,
  });

function rule(id: string, judge: Rule["judge"], explainedBy: string[] = []): Rule {
  return defineRule({ id, asks: "?", needs: [], sources: [], explainedBy, judge });
}

const judge = (rules: Rule[], clients = [1], repetitions = [1]) => {
  const record = recordOf({
    trials: clients.flatMap((n) =>
      repetitions.map((repetition) => ({ clients: n, repetition, tps: level(100 * n) })),
    ),
  });
  return judgeRecord(record, analyzeRecord(record, STAGE_ANALYSES), rules);
};
const ranks = (rules: Rule[]) => judge(rules).map(({ id, rank }) => [rank, id]);

test("root causes come before what they explain, however light", () => {
  expect(
    ranks([
      rule("full", () => failing(0.9), ["failing-archive"]),
      rule("failing-archive", () => failing(0.1)),
      rule("crash", () => failing(1), ["full"]),
    ]),
  ).toEqual([
    [1, "failing-archive"],
    [2, "full"],
    [3, "crash"],
  ]);
});

test("confirmed comes before suspected, then the heavier one", () => {
  expect(
    ranks([
      rule("heavy", () => failing(0.9, "suspected")),
      rule("light", () => failing(0.2)),
      rule("middle", () => failing(0.5)),
    ]),
  ).toEqual([
    [1, "middle"],
    [2, "light"],
    [3, "heavy"],
  ]);
});

test("rules that explain one another still get one first rank", () => {
  expect(
    ranks([rule("a", () => failing(0.1), ["b"]), rule("b", () => failing(0.2), ["a"])]),
  ).toEqual([
    [1, "b"],
    [2, "a"],
  ]);
});

test("a failure names the failures that explain it, and only those", () => {
  const found = judge([
    rule("a", () => failing(0.5), ["b", "c"]),
    rule("b", () => failing(0.5)),
    rule("c", () => pass("fine")),
  ]);
  expect(found.find(({ id }) => id === "a")?.causes).toEqual(["b"]);
});

test("no-bottleneck passes where none fails, and is taken back where one does", () => {
  const none = rule("no-bottleneck", () => pass("Nothing was found."));
  expect(judge([rule("a", () => unknown("?")), none])[1]).toMatchObject({ verdict: "pass" });
  const [first, second] = judge([none, rule("a", () => failing(0.5))]);
  expect(first).toMatchObject({ id: "a", rank: 1 });
  expect(second).toMatchObject({
    id: "no-bottleneck",
    verdict: "unknown",
    rank: null,
    because: "Something was found: a.",
  });
});

test("a rule that throws becomes unknown, and the others are still asked", () => {
  const sick = rule("sick", () => {
    throw new Error("no such series");
  });
  expect(judge([sick, rule("a", () => failing(0.5))])).toMatchObject([
    { id: "a", verdict: "fail" },
    {
      id: "sick",
      verdict: "unknown",
      because: "This rule failed, please report it: no such series",
    },
  ]);
});

test("a failure that most repetitions do not show is unknown", () => {
  const once = rule("once", ({ trial }) =>
    trial?.planned.repetition === 2 ? failing(0.5) : pass("fine"),
  );
  expect(judge([once], [1], [1, 2, 3])).toMatchObject([
    { verdict: "unknown", because: "Seen in only 1 of 3 windows: b" },
  ]);
  const mostly = rule("mostly", ({ trial }) =>
    trial?.planned.repetition === 2 ? pass("fine") : failing(0.5),
  );
  expect(judge([mostly], [1], [1, 2, 3])).toMatchObject([{ verdict: "fail", rank: 1 }]);
});

test("passes only where it passes at every load", () => {
  const record = recordOf({
    trials: [
      { curve: "select-only", tps: level(5000) },
      { curve: "tpcb-like", tps: level(500) },
    ],
  });
  const half = rule("half", ({ trial }) =>
    trial!.planned.curve === "tpcb-like" ? unknown("not seen") : pass("fine"),
  );
  expect(judgeRecord(record, analyzeRecord(record, STAGE_ANALYSES), [half])).toMatchObject([
    { verdict: "unknown", because: "not seen", at: "tpcb-like, 1 client" },
  ]);
});

test("only the best point and what lies above it are asked about", () => {
  const asked: number[] = [];
  const curious = rule("curious", ({ trial }) => {
    asked.push(trial!.planned.clients);
    return pass("fine");
  });
  const record = recordOf({
    trials: [1, 2, 4, 8, 16, 32].map((clients) => ({
      clients,
      tps: level(clients <= 4 ? 100 * clients : 390),
    })),
  });
  judgeRecord(record, analyzeRecord(record, STAGE_ANALYSES), [curious]);
  expect(asked).toEqual([4, 8, 16]);
});

test("where no trial is valid, the windows still tell why", () => {
  const record = recordOf({
    trials: [{ tps: level(100), outcome: { generatorCpuMs: 5000 } }],
  });
  const analysis = analyzeRecord(record, STAGE_ANALYSES);
  expect(analysis.trials[0]!.validity.is).toBe("invalid");
  expect(judgeRecord(record, analysis, [rule("a", () => failing(0.5))])).toMatchObject([
    { verdict: "fail", at: "tpcb-like, 1 client" },
  ]);
});

test("a record without trials is one observation", () => {
  const record = recordOf({ trials: [], series: { "pg-wal/walBytes": [0, 1, 2, 3] } });
  const spans = rule("spans", ({ startMs, endMs, trial }) =>
    pass(`${startMs} to ${endMs}, ${trial === null ? "nobody's load" : "a trial"}`),
  );
  expect(judgeRecord(record, analyzeRecord(record, STAGE_ANALYSES), [spans])).toMatchObject([
    { because: "0 to 3000, nobody's load", at: null },
  ]);
});

test("a record in which nothing was measured leaves everything unknown", () => {
  const record = recordOf({ trials: [] });
  expect(
    judgeRecord(record, analyzeRecord(record, STAGE_ANALYSES), [rule("a", () => failing(0.5))]),
  ).toMatchObject([{ verdict: "unknown", because: "No window was measured." }]);
});

test("what explains next to nothing of the time is no cause", () => {
  expect(judge([rule("nothing", () => failing(0.004))])).toMatchObject([
    { verdict: "unknown", rank: null, because: "b It explains next to nothing of the time." },
  ]);
});

test("an answer that holds nothing back comes last, and explains nothing", () => {
  const aside = () => Object.assign(failing(0.9), { kind: "aside" as const });
  expect(
    judge([rule("cancelled", aside), rule("slow", () => failing(0.3), ["cancelled"])]).map(
      ({ rank, id, causes }) => [rank, id, causes],
    ),
  ).toEqual([
    [1, "slow", []],
    [2, "cancelled", []],
  ]);
});
