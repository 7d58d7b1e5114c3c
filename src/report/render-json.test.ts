import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { reportModelOf } from "../../test/support/report-model.ts";
import { renderJson } from "./render-json.ts";

test("the page on the report as JSON names every field of it", () => {
  const page = readFileSync("docs/reference/report-json.md", "utf8");
  const fields = Object.keys(JSON.parse(renderJson(reportModelOf())) as object);
  const named = new Set([...page.matchAll(/`(\w+)(?:\[\])?`/g)].map(([, name]) => name));
  expect(fields.filter((field) => !named.has(field))).toEqual([]);
});
