import { createHash } from "node:crypto";
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
import type { Report } from "../../src/report/compose-report.ts";
import { renderJson } from "../../src/report/render-json.ts";
import { renderMarkdown } from "../../src/report/render-markdown.ts";
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
  await expect(tellAll(composed(model))).toMatchFileSnapshot(path.join(HERE, `${name}.txt`));
});

/** The terminal's report, the Markdown one, and what no text shows by its hash: the answer in JSON, and each picture. */
function tellAll(report: Report): string {
  const { markdown, files } = renderMarkdown(report);
  const hashes = [["report.json", withoutLastDigits(renderJson(report.model))] as const, ...files].map(
    ([name, text]) => `${createHash("sha256").update(text).digest("hex").slice(0, 16)} ${name}`,
  );
  return [renderText(report, { color: false, width: 80 }), markdown, ...hashes, ""].join("\n");
}

/** A processor or a version of Node may see to the last digits in its own way. */
function withoutLastDigits(json: string): string {
  return JSON.stringify(JSON.parse(json), (_, value: unknown) =>
    typeof value === "number" ? Number(value.toPrecision(9)) : value,
  );
}
