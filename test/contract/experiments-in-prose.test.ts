import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CATALOG } from "../../src/cli/catalog.ts";
import { renderFault } from "../../src/spec/fault.ts";
import { makeExperimentParser } from "../../src/spec/parse-experiment.ts";

const { targets, workloads, faults, stages } = CATALOG;
const parseText = makeExperimentParser({ targets, workloads, faults, stages });

/** A target on which every stage may stand, and a stage that every target may have. */
const TARGET = "target: { local: { instances: 3, archive: {} } }";
const STAGES = "stages: [{ ladder: { workload: { native: {} }, clients: [1], duration: 5s } }]";

/** What a page shows of an experiment, with the rest of it. */
function complete(shown: string): string {
  const text = shown.replaceAll(new RegExp(`^ {${/^ */.exec(shown)![0].length}}`, "gm"), "");
  const inner = (indent: number) => text.replaceAll(/^/gm, " ".repeat(indent));
  if (text.startsWith("- ")) return `${TARGET}\nstages:\n${inner(2)}`;
  if (text.startsWith("workload:")) {
    return `${TARGET}\nstages:\n  - ladder:\n      clients: [1]\n      duration: 5s\n${inner(6)}`;
  }
  if (text.startsWith("variants:")) {
    return `${TARGET}\nstages:\n  - compare:\n      workload: { native: {} }\n      clients: 1\n      pairs: 6\n${inner(6)}`;
  }
  const has = (field: string) => new RegExp(`^${field}:`, "m").test(text);
  return [text, ...(has("target") ? [] : [TARGET]), ...(has("stages") ? [] : [STAGES])].join("\n");
}

const PAGES = execFileSync("git", ["ls-files", "*.md"], { encoding: "utf8" }).trim().split("\n");
const SHOWN = PAGES.flatMap((page) =>
  [...readFileSync(page, "utf8").matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text], i) => ({
    name: `${page}, ${i + 1}`,
    text: complete(text!),
  })),
);

test.each(SHOWN)("the experiment in $name is valid", ({ name, text }) => {
  const parsed = parseText(text, name);
  expect("faults" in parsed ? parsed.faults.map(renderFault) : []).toEqual([]);
});
