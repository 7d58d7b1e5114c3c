import { expect, test } from "vitest";
import { composed } from "../../test/support/composed.ts";
import { recordOf } from "../../test/support/record.ts";
import { analyzeRecord } from "../analysis/analyze-record.ts";
import { judgeObjectives } from "../findings/objectives.ts";
import type { LoadKind } from "../record/load-kind.ts";
import { STAGE_ANALYSES } from "../stages/analyses.ts";
import { STAGE_REPORTS } from "../stages/reports.ts";
import { buildReport } from "./build-model.ts";
import { renderMarkdown } from "./render-markdown.ts";
import { renderText } from "./render-text.ts";

const level = (tps: number) => Array.from({ length: 10 }, () => tps);

function reportOf(kind: LoadKind) {
  const record = recordOf({
    objectives: { throughputTps: 300 },
    trials: [
      { id: "a", clients: 4, tps: level(400) },
      { id: "b", clients: 4, tps: level(410) },
      { id: "c", clients: 8, tps: level(500) },
    ],
  });
  const plan = { ...record.manifest.plan, loads: { pgbench: kind } };
  const told = { ...record, manifest: { ...record.manifest, plan } };
  const analysis = analyzeRecord(told, STAGE_ANALYSES);
  const model = buildReport(told, analysis, [], judgeObjectives(analysis), STAGE_REPORTS);
  const { markdown, files } = renderMarkdown(composed(model));
  const text = renderText(composed(model), { color: false, width: 100 });
  return { model, text, markdown, pictures: [...files.values()].join("\n") };
}

test("a load of another unit is told in its own words everywhere, and never in transactions", () => {
  const { model, text, markdown, pictures } = reportOf({ resource: "volume", unit: "operations" });
  expect(model.headlines.map(({ sentence }) => sentence)).toEqual([
    expect.stringMatching(/reached|sustained/) as string,
  ]);
  expect(model.headlines[0]!.sentence).toContain("I/O operations per second");
  expect(model.objectives.map(({ wanted, found }) => `${wanted} ${found ?? ""}`).join()).toContain(
    "IOPS",
  );
  for (const told of [text, markdown, pictures]) {
    expect(told).toMatch(/IOPS|I\/O operations/);
    expect(told).not.toMatch(/\btps\b|transactions? per second/);
  }
});

test("a load of transactions is told as ever", () => {
  const { text, markdown } = reportOf({ resource: "sql", unit: "transactions" });
  expect(text).toMatch(/500 tps/);
  expect(markdown).toContain("best throughput, tps");
});
