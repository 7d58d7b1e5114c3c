import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { RunManifest } from "../../../src/record/format.ts";
import { makeSite, runProgram } from "../../support/program.ts";

const SEARCH =
  "search: { workload: { native: {} }, until: { p99: 20ms }, duration: 2s, confirm: 2s, warmup: 1s }";
const LADDER =
  "ladder: { workload: { native: {} }, clients: [1, 4], duration: 1s, repetitions: 1 }";

/** Runs a stage on a simulated server, and cuts its record off behind `keep` trials, as a crash between two would. */
async function cutShort(stage: string, keep: number, isOld: boolean) {
  const site = makeSite();
  writeFileSync(path.join(site, "a.yaml"), `target: { sim: {} }\nstages: [{ ${stage} }]\n`);
  await runProgram(site, ["run", "a.yaml"]);
  const directory = path.join(site, "runs/latest");
  const whole = readManifest(directory);
  const trials = whole.plan.trials.slice(0, keep);
  const { openStages, ...plan } = whole.plan;
  writeFileSync(
    path.join(directory, "run.json"),
    JSON.stringify({
      ...whole,
      status: "aborted",
      plan: { ...plan, trials, ...(isOld ? {} : { openStages }) },
    }),
  );
  const file = path.join(directory, "events.ndjson");
  const lines = readFileSync(file, "utf8").trim().split("\n");
  const last = trials.at(-1)!.id;
  const end = lines.findIndex(
    (line) => line.includes('"trial-ended"') && line.includes(`"${last}"`),
  );
  writeFileSync(
    file,
    lines
      .slice(0, end + 1)
      .map((line) => `${line}\n`)
      .join(""),
  );
  const ids = whole.plan.trials.map(({ id }) => id);
  return { site, directory, ids };
}

function readManifest(directory: string): RunManifest {
  return JSON.parse(readFileSync(path.join(directory, "run.json"), "utf8")) as RunManifest;
}

const RECORDS = [
  { of: "a record", isOld: false },
  { of: "a record of an older version", isOld: true },
];

test.each(RECORDS)(
  "$of whose trials so far have all ended goes on where a stage decides more of them",
  async ({ isOld }) => {
    const { site, directory, ids } = await cutShort(SEARCH, 3, isOld);
    expect(ids.length).toBeGreaterThan(4);
    const resumed = await runProgram(site, ["resume", "runs/latest"]);
    expect(resumed.stderr).toContain("a: goes on after 3 trials.");
    const { status, plan } = readManifest(directory);
    expect(status).toBe("finished");
    expect(plan.trials.slice(0, 4).map(({ id }) => id)).toEqual(ids.slice(0, 4));
  },
);

test.each(RECORDS)(
  "$of whose trials have all ended has nothing left where none is decided on the way",
  async ({ isOld }) => {
    const { site } = await cutShort(LADDER, 2, isOld);
    const resumed = await runProgram(site, ["resume", "runs/latest"]);
    expect(resumed.stderr).toContain("has no trial left to run: it is aborted");
    expect(resumed.status).toBe(2);
  },
);
