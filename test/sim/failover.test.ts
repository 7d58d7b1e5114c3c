import { expect, test } from "vitest";
import { analyzeRecord } from "../../src/analysis/analyze-record.ts";
import type { FailoverStage } from "../../src/stages/failover/schema.ts";
import type { SwitchoverStage } from "../../src/stages/switchover/schema.ts";
import { readSimulated, simulate } from "../support/simulate.ts";
import { STAGE_ANALYSES } from "../../src/stages/analyses.ts";

const LOAD = {
  workload: { id: "absent", options: {} },
  clients: 4,
  load: { share: 0.5 },
  trials: 3,
  warmupMs: 1000,
  windowMs: 20_000,
  recoveryLimitMs: 60_000,
};
const FAILOVER: FailoverStage = {
  kind: "failover",
  fault: { id: "kill-primary", options: {} },
  holdMs: null,
  ...LOAD,
};
const SWITCHOVER: SwitchoverStage = { kind: "switchover", ...LOAD };

/** `PGDYNO_SIM_SEEDS=1000` as many as one likes. */
const COUNT = Number(process.env["PGDYNO_SIM_SEEDS"] ?? 20);

test("failovers and switchovers run to their end at half of the calibrated rate, and are told", async () => {
  const run = await simulate(1, {
    stages: [FAILOVER, SWITCHOVER],
    server: { instances: 3, noise: 0 },
  });
  expect(run.error).toBeNull();
  const { failovers, curves } = analyzeRecord(await readSimulated(run), STAGE_ANALYSES);
  expect(curves).toEqual([]);
  expect(failovers.map(({ what, trials }) => [what, trials.length])).toEqual([
    ["kill-primary", 3],
    ["switchover", 3],
  ]);
  // The same load is measured once: the second stage takes what the first one found.
  expect(failovers.map(({ calibration }) => calibration!.fromStage)).toEqual([null, 0]);
  expect(failovers[1]!.calibration!.reachedTps).toBe(failovers[0]!.calibration!.reachedTps);
  for (const { calibration, rateTps, trials, neverBack, redundancyMs, loss } of failovers) {
    expect(rateTps).toBe(Math.round(calibration!.reachedTps! / 2));
    expect([neverBack, redundancyMs!.median.n]).toEqual([0, 3]);
    // No ledger was kept: seconds tell how long, and nobody tells what was lost.
    expect(loss).toMatchObject({ known: 0, shareBelow: null });
    for (const { gap, failedBecause, phases, resolutionMs, from, to } of trials) {
      expect([failedBecause, resolutionMs, from === to]).toEqual([null, 1000, false]);
      expect(gap!.endMs).not.toBeNull();
      expect(phases.map(({ name }) => name)).toContain("end of recovery");
    }
  }
});

test(`a fault is always told as healed, whatever goes wrong or is interrupted (${COUNT} seeds)`, async () => {
  const endings = new Set<string>();
  for (let seed = 1; seed <= COUNT; seed += 1) {
    const run = await simulate(seed, {
      stages: [FAILOVER],
      server: { instances: 3, trouble: "seeded" },
      ...(seed % 3 === 0 ? { stopInTrial: 1 + (seed % 4) } : {}),
    });
    const record = await readSimulated(run);
    endings.add(record.manifest.status);
    const phases = (phase: string) =>
      record.events.filter((event) => event.kind === "fault" && event.phase === phase).length;
    expect(phases("healed"), `seed ${seed}`).toBe(phases("applied"));
    expect(record.events.at(-1), `seed ${seed}`).toMatchObject({ kind: "run-ended" });
    expect(() => analyzeRecord(record, STAGE_ANALYSES), `seed ${seed}`).not.toThrow();
  }
  expect([...endings].sort()).toEqual(["aborted", "failed", "finished"]);
});

test("a single instance is no cluster, and is refused before any data is loaded", async () => {
  const { error } = await simulate(1, { stages: [FAILOVER], server: { instances: 1 } });
  expect(error).toMatchObject({ code: "CLUSTER_MISSING", exit: 2 });
});

test("a resumed run calibrates again where trials are left that take a share", async () => {
  const stages = [FAILOVER];
  const server = { instances: 3 };
  const first = await simulate(2, { stages, server, stopInTrial: 3 });
  const second = await simulate(2, { stages, server, resumed: first });
  expect(second.error).toBeNull();
  const record = await readSimulated(second);
  const started = record.events.flatMap((e) => (e.kind === "trial-started" ? [e.trial] : []));
  expect(started.filter((id) => id.endsWith("calibration"))).toHaveLength(2);
  expect(
    analyzeRecord(record, STAGE_ANALYSES).failovers[0]!.trials.every(
      (t) => t.failedBecause === null,
    ),
  ).toBe(true);
});
