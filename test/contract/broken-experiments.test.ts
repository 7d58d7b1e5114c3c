import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CATALOG } from "../../src/cli/catalog.ts";
import { renderFault } from "../../src/spec/fault.ts";
import { makeExperimentParser } from "../../src/spec/parse-experiment.ts";

const FOLDER = new URL("../spec/fixtures/broken/", import.meta.url);
const parseText = makeExperimentParser(CATALOG);
const files = readdirSync(FOLDER).toSorted();

function tellFaults(file: string): string {
  const text = readFileSync(new URL(file, FOLDER), "utf8");
  const parsed = parseText(text, file);
  return "faults" in parsed ? parsed.faults.map(renderFault).join("\n") : "It is valid.";
}

test("every broken file says all that is wrong, where, and what is wanted", async () => {
  expect(files).toHaveLength(20);
  const told = files.map((file) => `${tellFaults(file)}\n`).join("\n");
  await expect(told).toMatchFileSnapshot("../spec/fixtures/broken-files.txt");
});

test("no message shows a secret", () => {
  for (const file of files) expect(tellFaults(file)).not.toMatch(/hunter2/);
});
