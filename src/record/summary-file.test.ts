import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { composed } from "../../test/support/composed.ts";
import { recordOf } from "../../test/support/record.ts";
import { reportModelOf } from "../../test/support/report-model.ts";
import { summarizeRun } from "../report/summarize-run.ts";
import { readSummary, writeSummary } from "./summary-file.ts";

test("what was written is read back, and the page on it names every field", () => {
  const directory = mkdtempSync("/tmp/pgdyno-summary-");
  try {
    const { manifest } = recordOf({ trials: [{ tps: [1] }] });
    const summary = summarizeRun(manifest, composed(reportModelOf()), "0.0.0");
    writeSummary(directory, summary);
    expect(readSummary(directory)).toEqual(summary);
    expect(readdirSync(directory)).toEqual(["summary.json"]);

    const text = readFileSync(path.join(directory, "summary.json"), "utf8");
    const page = readFileSync("docs/reference/summary-json.md", "utf8");
    const named = new Set([...page.matchAll(/`(\w+)(?:\[\])?`/g)].map(([, name]) => name));
    const fields = Object.keys(JSON.parse(text) as object);
    expect(fields.filter((field) => !named.has(field))).toEqual([]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
