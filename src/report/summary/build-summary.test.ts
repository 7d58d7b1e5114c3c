import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { failoverReportOf } from "../../../test/support/failover-report.ts";
import { findingsOf } from "../../../test/support/made-run/findings.ts";
import { reportModelOf } from "../../../test/support/report-model.ts";
import { GATE_WORDS } from "./gate-words.ts";
import { nothingHeldBack } from "./tell-held-back.ts";

test("answers in figures with units, intervals and goals", () => {
  const { trust, answer, next } = reportModelOf().summary;
  expect({ trust, answer, next }).toMatchInlineSnapshot(`
    {
      "answer": {
        "figures": [
          {
            "more": [
              "p50 0.953 ms",
              "p99 2.4 ms",
              "at a steady level",
            ],
            "of": "select-only, 32 clients",
            "range": "95 % interval 28,389 to 29,342, from 2 repetitions",
            "unit": "transactions per second",
            "value": "28,866",
          },
          {
            "more": [
              "p50 7.7 ms",
              "p99 30.2 ms",
              "at a steady level",
            ],
            "of": "TPC-B-like, 16 clients",
            "range": "95 % interval 1,778 to 1,794, from 3 repetitions",
            "unit": "transactions per second",
            "value": "1,786",
          },
        ],
        "goals": [
          {
            "found": "31 ms",
            "goal": "p99 latency",
            "verdict": "pass",
            "wanted": "50 ms",
          },
          {
            "found": "1,790 tps",
            "goal": "Throughput",
            "verdict": "pass",
            "wanted": "1,200 tps",
          },
        ],
        "sentence": "Both goals were met.",
      },
      "next": "Measure again: 1 trial does not count. The generator was at 97 % of its own ceiling.",
      "trust": {
        "because": "1 of 36 measurements is left out. The generator was at 97 % of its own ceiling.",
        "is": "partly",
      },
    }
  `);
});

test("says of a failover what was lost, how long writes were away, and what took longest", () => {
  const { answer, heldBack } = failoverReportOf().summary;
  expect({ answer, heldBack }).toMatchInlineSnapshot(`
    {
      "answer": {
        "figures": [
          {
            "more": [
              "4 of 2,640 acknowledged writes lost, in 1 of 3 trials, at most 4 in one",
            ],
            "of": "Longest time without writes (kill-primary)",
            "range": "1 s in the median of 3 trials (1 s to 1.6 s)",
            "unit": "s",
            "value": "1.6",
          },
        ],
        "goals": [
          {
            "found": "4",
            "goal": "Data lost (RPO)",
            "verdict": "fail",
            "wanted": "at most 0 transactions",
          },
          {
            "found": "1.6 s",
            "goal": "Time without service (RTO)",
            "verdict": "pass",
            "wanted": "at most 2 s",
          },
        ],
        "sentence": "1 of 2 goals was missed.",
      },
      "heldBack": {
        "because": "The longest part of the time without writes: end of recovery, 400 ms (40 %). It depends on WAL that was received and not yet replayed (\`recovery_min_apply_delay\`, one process that replays), then \`pg_promote\`.",
        "finding": null,
      },
    }
  `);
});

test("of what was only watched the first cause is the answer", () => {
  const { summary } = reportModelOf({
    trials: [],
    curves: [],
    headlines: [],
    objectives: [],
    verdict: "fail",
  });
  const root = findingsOf().find(({ rank }) => rank === 1)!;
  expect(summary.answer.sentence).toMatch(
    /^Something holds it back: \d+ causes? (was|were) found\.$/,
  );
  expect(summary.answer.figures).toHaveLength(1);
  expect(summary.heldBack).toEqual({ because: root.because, finding: root.id });
});

test("names what is nearest to its limit where nothing fails", () => {
  expect(
    nothingHeldBack([], { resource: "the CPU of the host", share: 0.934, generatorShare: 0.2 }),
  ).toBe(
    "Nothing was found that did. The CPU of the host is nearest to its limit: 93 % in use, 20 % of that by the load generator.",
  );
  expect(nothingHeldBack([])).toBe("Not looked into: no question was asked of this run.");
});

test("every gate that can spoil a measurement has words for the first screen", () => {
  const names = ["generator-gates", "machine-gates", "server-gates", "validity"].flatMap((file) => {
    const text = readFileSync(new URL(`../../analysis/${file}.ts`, import.meta.url), "utf8");
    return [...text.matchAll(/(?:gate: |invalid\(|^ +)"([a-z]+(?:-[a-z]+)*)"/gm)].map(
      ([, name]) => name!,
    );
  });
  expect(names.length).toBeGreaterThan(15);
  expect([...new Set(names)].filter((name) => GATE_WORDS[name] === undefined)).toEqual([]);
});
