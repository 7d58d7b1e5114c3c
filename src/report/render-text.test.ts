import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { findingsOf } from "../../test/support/made-run/findings.ts";
import { reportModelOf } from "../../test/support/report-model.ts";
import { renderText } from "./render-text.ts";
import { composed } from "../../test/support/composed.ts";

test("says the verdict, the figures, their limits and what to do", () => {
  expect(renderText(composed(reportModelOf()), { color: false, width: 100 }))
    .toMatchInlineSnapshot(`
    "PASS  quickstart · PostgreSQL 18.4 · 6 min 40 s · quick run

    believe    In part. 1 of 36 measurements is left out. The generator was at 97 % of its own ceiling.
    answer     Both goals were met.
    select-only: 28,866 tps (28,389 to 29,342) at 32 clients, sustained
    latency    p50 0.953 ms, p95 1.84 ms, p99 2.4 ms
    knee       16 clients: more clients raise throughput by less than 5 %, within the intervals.
    held back  No cause was found; 1 of 4 questions could not be decided.
    TPC-B-like: 1,786 tps (1,778 to 1,794) at 16 clients, sustained
    latency    p50 7.7 ms, p95 16 ms, p99 30.2 ms
    knee       16 clients: more clients raise throughput by less than 5 %, within the intervals.
    held back  58 % of active time was spent waiting for the WAL to be flushed, 2.1 ms each.
    p99        50 ms: pass, found 31 ms
    throughput 1,200 tps: pass, found 1,790 tps
    next       1. Measure again: 1 trial does not count. The generator was at 97 % of its own ceiling.
               2. Put \`pg_wal\` on a device with a lower flush latency; \`pgdyno run storage\` measures it.
               Where many sessions commit at once, try \`commit_delay = 1000\`.
               3. Raise the ladder of select-only: its best point was the last, so add \`64\` and \`128\` to
               \`clients\`.
               4. This was a quick look: its windows under writes hold few checkpoint cycles. For
               figures to plan with, raise \`duration\` to at least four times \`checkpoint_timeout\` and
               \`repetitions\` to 5, see what it takes with \`pgdyno plan quickstart.yaml\`, then \`pgdyno
               run quickstart.yaml\`.
    "
  `);
});

test("stays within a screen, however narrow the terminal and however much there is to say", () => {
  const model = reportModelOf({
    next: Array.from({ length: 30 }, (_, i) => `Step ${i}: ${"do this and that ".repeat(9)}`),
  });
  for (const width of [20, 60, 80, 400]) {
    const lines = renderText(composed(model), { color: false, width }).trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(23);
  }
});

test("a control that differs is told, however many figures of the variants there are", () => {
  const because = "The same thing twice differed (B is 6 % of A).";
  const comparison = {
    stage: 0,
    title: "a against b",
    variants: [{ name: "a", parameters: {}, workload: "a" }],
    control: { is: "different" as const, because, metrics: [] },
    validity: "invalid" as const,
    metrics: [],
  };
  const model = reportModelOf({ comparisons: [comparison] });
  const lines = renderText(composed(model), { color: false, width: 60 }).split("\n");
  expect(lines).toContainEqual(expect.stringMatching(/^compare +INVALID\. The same thing/));
});

test("colours words, never the meaning", () => {
  const colored = renderText(composed(reportModelOf()), { color: true, width: 100 });
  const plain = renderText(composed(reportModelOf()), { color: false, width: 100 });
  expect(colored).toContain("\u001b[");
  expect(stripVTControlCharacters(colored)).toBe(plain);
});

test("says that nothing valid was measured", () => {
  const model = reportModelOf({
    headlines: [],
    objectives: [],
    findings: findingsOf(),
    next: ["Measure again."],
    verdict: "unknown",
    verdictBecause: "No trial of it can be believed.",
    server: null,
  });
  expect(renderText(composed(model), { color: false, width: 80 })).toMatchInlineSnapshot(`
    "UNDECIDED  quickstart · 6 min 40 s · quick run

    believe    In part. 1 of 36 measurements is left out. The generator was at 97 %
               of its own ceiling.
    answer     No trial of it can be believed.
    figures    Nothing valid was measured.
    held back  58 % of active time was spent waiting for the WAL to be flushed, 2.1
               ms each.
    next       1. Measure again.
    "
  `);
});
