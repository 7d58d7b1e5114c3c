import { expect, test } from "vitest";
import { composed } from "../../test/support/composed.ts";
import { failoverReportOf } from "../../test/support/failover-report.ts";
import { recordOf } from "../../test/support/record.ts";
import { reportModelOf } from "../../test/support/report-model.ts";
import { summarizeGoingOn, summarizeRun } from "./summarize-run.ts";

const { manifest } = recordOf({ trials: [{ tps: [1] }] });

test("figures have their intervals, causes come first, and what was ruled out is named", () => {
  const model = reportModelOf();
  const { headlines, findings, passed, verdict, objectives } = summarizeRun(
    manifest,
    composed(model),
    "9.9.9",
  );
  expect({ headlines, verdict, objectives: objectives.length }).toMatchInlineSnapshot(`
    {
      "headlines": [
        {
          "figure": "throughput",
          "high": 29342.10757382836,
          "low": 28389.453495183152,
          "n": 2,
          "of": "select-only",
          "sentence": "select-only sustained 28,866 (28,389 to 29,342) transactions per second at 32 clients.",
          "unit": "tps",
          "value": 28865.780534505757,
        },
        {
          "figure": "throughput",
          "high": 1793.8906046891657,
          "low": 1778.20423972469,
          "n": 3,
          "of": "TPC-B-like",
          "sentence": "TPC-B-like sustained 1,786 (1,778 to 1,794) transactions per second at 16 clients.",
          "unit": "tps",
          "value": 1786.0474222069279,
        },
      ],
      "objectives": 2,
      "verdict": "pass",
    }
  `);
  expect(findings.map(({ id, rank }) => [id, rank])).toMatchInlineSnapshot(`
    [
      [
        "commit-latency",
        1,
      ],
      [
        "checkpoints-forced-by-wal",
        2,
      ],
      [
        "cpu-throttled",
        null,
      ],
    ]
  `);
  expect(findings.length + passed.length).toBe(model.findings.length);
});

test("of a failover the time without writes is a figure", () => {
  const { headlines, objectives } = summarizeRun(manifest, composed(failoverReportOf()), "9.9.9");
  expect(headlines.find(({ figure }) => figure === "rto")).toMatchInlineSnapshot(`
    {
      "figure": "rto",
      "high": 1605,
      "low": 1005,
      "n": 3,
      "of": "kill-primary",
      "sentence": "Time without writes after kill-primary: 1 s in the median of 3 trials (1 s to 1.6 s).",
      "unit": "ms",
      "value": 1005,
    }
  `);
  expect(objectives.map(({ objective, verdict }) => [objective, verdict])).toMatchInlineSnapshot(`
    [
      [
        "rpo",
        "fail",
      ],
      [
        "rto",
        "pass",
      ],
    ]
  `);
});

test("a run has an end only once it has ended, and is judged only then", () => {
  const running = { ...manifest, status: "running" as const };
  expect(summarizeGoingOn(manifest)).toBeNull();
  expect(summarizeGoingOn(running)).toMatchObject({ endedAtUtc: null, judgedByVersion: null });
});
