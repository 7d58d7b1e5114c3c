import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { planRecorded } from "../../../src/cli/plan-experiment.ts";
import { readRecord } from "../../../src/record/read-record.ts";
import type { ReportModel } from "../../../src/report/model.ts";
import { search as searchStage } from "../../../src/stages/search/index.ts";
import { decideTrial } from "../../../src/steering/decide-trial.ts";
import { makeSite, runProgram } from "../../support/program.ts";

const EXPERIMENT = `
metadata: { name: search }
target:
  local: { postgresql: { version: 15, from: machine } }
stages:
  - search:
      workload: { native: { builtin: select-only, scale: 1 } }
      until: { p95: 30ms }
      clients: [2, 8]
      precision: 25%
      duration: 1s
      confirm: 2s
      warmup: 300ms
      cooldown: 0s
      between: keep
      trials: 10
`;

test(
  "a search on a real server ends with three numbers, and every trial is what the record asks for",
  { timeout: 300_000 },
  async () => {
    const site = makeSite();
    writeFileSync(path.join(site, "search.yaml"), EXPERIMENT);
    const run = await runProgram(site, ["run", "search.yaml", "--format", "json"]);
    const { searches, trials: measured } = JSON.parse(run.stdout) as ReportModel;
    const [search] = searches;
    expect(search!.peak!.tps).toBeGreaterThan(100);
    expect(search!.trials).toBeGreaterThan(3);
    expect(search!.probes.map(({ rateTps }) => rateTps)).not.toContain(0);
    const { capacity, sloMax, sustainable, peak } = search!;
    // Beside a neighbour it may stay open, and only then.
    const isSpoiled = measured.some(({ validity }) => validity.is === "invalid");
    if (capacity === null) expect(isSpoiled).toBe(true);
    else {
      const numbers = [peak!.tps, sloMax.tps, sustainable.tps].filter((tps) => tps !== null);
      expect(capacity.tps).toBeLessThanOrEqual(Math.min(...numbers));
      expect(capacity.sentence).toContain("The capacity is");
    }
    // What was measured is what the record as it stands would have asked for, trial by trial.
    const record = await readRecord(path.join(site, "runs/latest"));
    const { plan } = await planRecorded(record.manifest);
    const { trials } = record.manifest.plan;
    for (const [i, trial] of trials.entries()) {
      const known = new Set(trials.slice(0, i).map(({ id }) => id));
      const before = {
        ...record,
        events: record.events.filter((e) => e.kind !== "trial-ended" || known.has(e.trial)),
      };
      expect(decideTrial(plan.adaptive[0]!, searchStage.steer!, before).trial?.id).toBe(trial.id);
    }
    expect(decideTrial(plan.adaptive[0]!, searchStage.steer!, record).trial).toBeNull();
  },
);
