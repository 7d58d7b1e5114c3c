import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CATALOG } from "../../src/cli/catalog.ts";
import { INITIAL_EXPERIMENT } from "../../src/cli/initial-experiment.ts";
import type { PartContext } from "../../src/contracts/context.ts";
import { DynoError } from "../../src/lib/errors.ts";
import { randomFrom } from "../../src/lib/random.ts";
import { makePlan } from "../../src/plan/make-plan.ts";
import { renderPlan } from "../../src/plan/render-plan.ts";
import { renderFault, type Fault } from "../../src/spec/fault.ts";
import { makeExperimentParser } from "../../src/spec/parse-experiment.ts";
import { mutateText } from "../support/mutate-text.ts";
import { PLAN_OF_TARGET, plannedTarget } from "../support/spec-parts.ts";

const FOLDER = new URL("../../examples/", import.meta.url);
const EXAMPLES = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".yaml"))
  .toSorted()
  .map((file) => ({ file, text: readFileSync(new URL(file, FOLDER), "utf8") }));
const FILES = [...EXAMPLES, { file: "experiment.yaml", text: INITIAL_EXPERIMENT }];
const { targets, workloads, faults, stages } = CATALOG;
const parseText = makeExperimentParser({ targets, workloads, faults, stages });
const MUTATIONS = 2000;

/** Plans with the real workloads on a target that is there without a server. */
async function planText(text: string, file: string) {
  const parsed = parseText(text, file);
  if ("faults" in parsed) return parsed;
  const { experiment } = parsed;
  const target = { ...plannedTarget, plan: () => Promise.resolve(PLAN_OF_TARGET) };
  const plan = await makePlan({
    experiment,
    target,
    workloads,
    stages,
    context: {} as PartContext,
  });
  return { plan };
}

for (const { file, text } of FILES) {
  test(`${file} is valid, and its plan fits on a page`, async () => {
    const planned = await planText(text, file);
    expect("faults" in planned ? planned.faults.map(renderFault) : []).toEqual([]);
    if (!("plan" in planned)) return;
    expect(renderPlan(planned.plan).split("\n").length).toBeLessThanOrEqual(60);
  });
}

test(`${MUTATIONS} mutations of the examples are valid or told as faults, and nothing crashes`, async () => {
  const random = randomFrom("mutations of the examples");
  const seen = { valid: 0, faults: 0, refusedByPart: 0 };
  for (let i = 0; i < MUTATIONS; i += 1) {
    const { file, text } = FILES[i % FILES.length]!;
    const mutated = mutateText(text, random.fork(String(i)));
    try {
      const result = await planText(mutated, file);
      if ("plan" in result) {
        renderPlan(result.plan);
        seen.valid += 1;
        continue;
      }
      seen.faults += 1;
      expect(result.faults.length).toBeGreaterThan(0);
      expect(result.faults.flatMap((fault) => listWrongs(fault, mutated))).toEqual([]);
    } catch (error) {
      // A part may look at what the options name: a script that is not there.
      if (!(error instanceof DynoError) || error.exit !== 2) {
        throw new Error(`Mutation ${i} of ${file} crashed:\n${mutated}`, { cause: error });
      }
      seen.refusedByPart += 1;
    }
  }
  // The mutations are of use only while many still parse as YAML and some are valid.
  expect(seen.faults).toBeGreaterThan(MUTATIONS / 2);
  expect(seen.valid).toBeGreaterThan(MUTATIONS / 20);
}, 120_000);

/** What is wrong with a fault itself: it must be at a place in the text, show it, and say a sentence. */
function listWrongs({ line, column, message, excerpt }: Fault, text: string): string[] {
  const lines = text.split("\n");
  return [
    line >= 1 && line <= lines.length ? "" : `line ${line} of ${lines.length}`,
    column >= 1 && column <= (lines[line - 1]?.length ?? 0) + 1 ? "" : `column ${column}`,
    /[.?]$/.test(message) ? "" : `no sentence: ${message}`,
    /undefined|\[object|Invalid input/.test(message) ? `not our words: ${message}` : "",
    excerpt.text.includes("\n") ? "an excerpt of several lines" : "",
  ].filter((wrong) => wrong !== "");
}
