import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { CATALOG } from "../../src/cli/catalog.ts";
import { analyzeRecord } from "../../src/analysis/analyze-record.ts";
import { judgeRecord } from "../../src/findings/judge-record.ts";
import { judgeObjectives } from "../../src/findings/objectives.ts";
import { readRecord } from "../../src/record/read-record.ts";
import { buildReport } from "../../src/report/build-model.ts";
import type { ReportModel } from "../../src/report/model.ts";
import { renderText } from "../../src/report/render-text.ts";
import { STAGE_ANALYSES } from "../../src/stages/analyses.ts";
import { composed } from "../support/composed.ts";
import { STAGE_REPORTS } from "../../src/stages/reports.ts";

/**
 * Recorded runs of real servers, and what is said of them. A change of any answer is one diff to
 * read; `npm run golden -- --accept` takes it over.
 */
const HERE = fileURLToPath(new URL(".", import.meta.url));
const runs = readdirSync(HERE).filter((name) => existsSync(path.join(HERE, name, "run.json")));

test("there are recorded runs", () => {
  expect(runs.length).toBeGreaterThan(0);
});

test.each(runs)("%s is judged as it was", async (name) => {
  const record = await readRecord(path.join(HERE, name));
  const analysis = analyzeRecord(record, STAGE_ANALYSES);
  const findings = judgeRecord(record, analysis, CATALOG.rules);
  const model = buildReport(record, analysis, findings, judgeObjectives(analysis), STAGE_REPORTS);
  await expect(summarize(model)).toMatchFileSnapshot(path.join(HERE, `${name}.txt`));
});

/** The terminal's report, then every trial and every finding on a line. */
function summarize(model: ReportModel): string {
  const trials = model.trials.map(({ planned, throughputTps, latency, validity, steady }) =>
    [
      planned.id,
      `${throughputTps?.toFixed(1) ?? "none"} tps`,
      `p50 ${latency.p50Ms ?? "none"} ms, p99 ${latency.p99Ms ?? "none"} ms`,
      steady.is,
      validity.is,
      ...validity.reasons.map(({ gate }) => gate),
    ].join("; "),
  );
  const findings = model.findings.map(
    ({ rank, id, verdict, confidence, because }) =>
      `${rank ?? "-"} ${id} ${verdict} ${confidence ?? ""}: ${because}`,
  );
  return [renderText(composed(model), { color: false, width: 80 }), ...trials, ...findings, ""].join("\n");
}
