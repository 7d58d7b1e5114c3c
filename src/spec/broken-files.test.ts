import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { SPEC_PARTS } from "../../test/support/spec-parts.ts";
import { renderFault } from "./fault.ts";
import { parseExperiment } from "./parse-experiment.ts";

const FOLDER = new URL("../../test/spec/fixtures/broken/", import.meta.url);
const files = readdirSync(FOLDER).toSorted();

function tellFaults(file: string): string {
  const text = readFileSync(new URL(file, FOLDER), "utf8");
  const parsed = parseExperiment({ text, file, ...SPEC_PARTS });
  return "faults" in parsed ? parsed.faults.map(renderFault).join("\n") : "It is valid.";
}

test("every broken file says all that is wrong, where, and what is wanted", async () => {
  expect(files).toHaveLength(20);
  const told = files.map((file) => `${tellFaults(file)}\n`).join("\n");
  await expect(told).toMatchFileSnapshot("../../test/spec/fixtures/broken-files.txt");
});

test("no message shows a secret", () => {
  for (const file of files) expect(tellFaults(file)).not.toMatch(/hunter2/);
});
