import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { STAGE_ANALYSES } from "../../src/stages/analyses.ts";
import { STAGE_REPORTS } from "../../src/stages/reports.ts";

/** Folders that must do for a new kind of stage without being touched. */
const GENERIC = ["src/analysis", "src/report", "ui/src"];
const RESULTS = Object.keys(STAGE_ANALYSES);

test("analysis, report and page name no kind's results, but for what a run only watched and what was searched", () => {
  const named = GENERIC.flatMap(listSources).flatMap((file) => {
    const code = withoutWords(readFileSync(file, "utf8"));
    const words = new Set(code.match(/\b[a-z]+\b/gi));
    return RESULTS.filter((name) => words.has(name)).map((name) => `${file}: ${name}`);
  });
  expect(named).toEqual([
    "src/analysis/search/without-searched.ts: searches",
    // A variable, and no results.
    "src/analysis/statistics/family.ts: comparisons",
    "src/report/render-text.ts: observations",
  ]);
});

test("each kind that is told has a chapter of its own name", () => {
  const ids = Object.values(STAGE_REPORTS).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(RESULTS).toEqual(expect.arrayContaining(Object.keys(STAGE_REPORTS)));
});

function listSources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith(".test.ts"))
    .map((file) => path.join(folder, file))
    .sort();
}

/** Without comments, strings and import paths. */
function withoutWords(text: string): string {
  return text
    .replaceAll(/\/\*[^]*?\*\//g, "")
    .replaceAll(/^\s*\/\/.*$/gm, "")
    .replaceAll(/"[^"\n]*"/g, '""');
}
