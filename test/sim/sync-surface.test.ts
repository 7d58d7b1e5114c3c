import { expect, test } from "vitest";
import { analyzeRecord } from "../../src/analysis/analyze-record.ts";
import { buildReport } from "../../src/report/build-model.ts";
import { renderSvg } from "../../src/report/figures/render-svg.ts";
import { LIGHT } from "../../src/report/figures/theme.ts";
import { renderMarkdown } from "../../src/report/render-markdown.ts";
import { renderText } from "../../src/report/render-text.ts";
import type { SyncSurfaceStage } from "../../src/stages/sync-surface/schema.ts";
import { readSimulated, simulate } from "../support/simulate.ts";
import { STAGE_ANALYSES } from "../../src/stages/analyses.ts";
import { composed } from "../support/composed.ts";
import { STAGE_REPORTS } from "../../src/stages/reports.ts";

const SURFACE: SyncSurfaceStage = {
  kind: "sync-surface",
  workload: { id: "absent", options: {} },
  commits: ["local", "on"],
  methods: ["any"],
  numbers: [1],
  dataDurability: "required",
  distancesMs: [0, 5],
  clients: 4,
  warmupMs: 1000,
  windowMs: 5000,
  repetitions: 2,
  failover: true,
  standbyLoss: false,
  trials: 2,
  loadShare: 0.5,
  disturbedMs: 20_000,
  recoveryLimitMs: 60_000,
};

test("a surface is run point by point, and each is offered a share of what itself reached", async () => {
  const run = await simulate(1, { stages: [SURFACE], server: { instances: 3, noise: 0 } });
  expect(run.error).toBeNull();
  const record = await readSimulated(run);
  const analysis = analyzeRecord(record, STAGE_ANALYSES);
  expect([analysis.curves, analysis.failovers]).toEqual([[], []]);
  const [surface] = analysis.surfaces;
  expect(
    surface!.points.map(({ replication, share }) => [
      replication.commit,
      replication.distanceMs,
      Math.round(100 * share!),
    ]),
  ).toEqual([
    ["local", 0, 100],
    ["on", 0, expect.any(Number)],
    ["local", 5, 100],
    ["on", 5, expect.any(Number)],
  ]);
  const [, near, , far] = surface!.points;
  expect(far!.share).toBeLessThan(near!.share!);
  for (const { failover, seenTps } of surface!.points) {
    expect(failover!.trials).toHaveLength(2);
    expect(failover!.rtoMs!.min).toBeGreaterThan(0);
    // No ledger was kept, and so nobody tells what was lost.
    expect(failover!.loss).toMatchObject({ known: 0, shareBelow: null });
    for (const { trial } of failover!.trials) {
      const { planned } = analysis.trials.find((one) => one.planned.id === trial)!;
      expect(planned.rateTps! / seenTps!).toBeCloseTo(0.5, 1);
    }
  }
  const told = record.events.flatMap((event) => (event.kind === "replication" ? [event] : []));
  expect(told.length).toBeGreaterThanOrEqual(8);

  const model = buildReport(record, analysis, [], [], STAGE_REPORTS);
  const text = renderText(composed(model), { color: false, width: 100 });
  expect(text).toContain("Ways to replicate under absent, 4 clients");
  const { markdown, files } = renderMarkdown(composed(model));
  expect(markdown).toContain("keeps 100 %");
  expect(files.get("figures/surface-1.svg")).toContain("5 ms apart");
  const figure = composed(model).figures.find(({ id }) => id === "surface-1")!;
  expect(figure.table.rows).toHaveLength(4);
  expect(renderSvg(figure, LIGHT)).toContain("<svg");
});

test("an interrupted surface goes on, and calibrates again what is left", async () => {
  const server = { instances: 3 };
  const first = await simulate(2, { stages: [SURFACE], server, stopInTrial: 10 });
  const second = await simulate(2, { stages: [SURFACE], server, resumed: first });
  expect(second.error).toBeNull();
  const { surfaces } = analyzeRecord(await readSimulated(second), STAGE_ANALYSES);
  expect(surfaces[0]!.points.every(({ failover }) => failover!.rtoMs!.median.n === 2)).toBe(true);
});

test("a single simulated instance has no surface", async () => {
  await expect(simulate(1, { stages: [SURFACE], server: { instances: 1 } })).rejects.toMatchObject({
    code: "CLUSTER_MISSING",
  });
});
