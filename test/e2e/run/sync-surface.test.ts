import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test, vi } from "vitest";
import type { ReportModel } from "../../../src/report/model.ts";
import { makeSite, runProgram, startProgram } from "../../support/program.ts";

const DISTANCE_MS = 40;
const EXPERIMENT = `
metadata: { name: surface }
target:
  local: { postgresql: { version: 18, parameters: { shared_buffers: 32MB } }, instances: 3 }
stages:
  - sync-surface:
      commit: [local, on]
      number: [2]
      distance: [0ms, ${DISTANCE_MS}ms]
      clients: 4
      duration: 1500ms
      warmup: 300ms
      repetitions: 1
      failover: false
      standbyLoss: true
      failoverDuration: 4s
`;

function makeExperiment(): string {
  const site = makeSite();
  writeFileSync(path.join(site, "surface.yaml"), EXPERIMENT);
  return site;
}

test("waiting for both standbys costs the distance, and without one of them writes hang and none fails", async () => {
  const site = makeExperiment();
  const run = await runProgram(site, ["run", "surface.yaml"]);
  const report = await runProgram(site, ["report", "runs/latest", "--format", "json"]);
  expect(report.status, `${run.stderr}\n${report.stderr}`).toBe(0);
  const model = JSON.parse(report.stdout) as ReportModel;
  expect(model.run.statusBecause).toBeNull();
  const { points } = model.surfaces[0]!;
  expect(points.map(({ replication: { commit, distanceMs } }) => [commit, distanceMs])).toEqual([
    ["local", 0],
    ["on", 0],
    ["local", DISTANCE_MS],
    ["on", DISTANCE_MS],
  ]);
  const p50Of = (index: number) => points[index]!.latency.p50Ms!;
  expect(p50Of(3)).toBeGreaterThan(DISTANCE_MS);
  expect(p50Of(3) - p50Of(1)).toBeGreaterThan(DISTANCE_MS / 2);
  // Who waits for nobody does not feel the distance.
  expect(p50Of(2)).toBeLessThan(p50Of(3));
  expect(points[3]!.roundTripMs! - points[1]!.roundTripMs!).toBeGreaterThan(DISTANCE_MS * 0.9);

  expect(points[0]!.standbyLoss).toBeNull();
  for (const { standbyLoss } of [points[1]!, points[3]!]) {
    expect(standbyLoss!.blockedMs!.max).toBeGreaterThan(500);
    expect(standbyLoss!.failed).toBe(0);
    expect(standbyLoss!.loss).toMatchObject({ known: 1, lost: 0 });
  }
  expect(model.findings).toContainEqual(
    expect.objectContaining({
      id: "sync-standby-lost",
      verdict: "fail",
      at: expect.stringContaining("a standby stopped, on, any 2"),
    }),
  );
});

test("after kill -9 with the members apart nothing of ours runs on", async () => {
  const site = makeExperiment();
  const run = startProgram(site, ["run", "surface.yaml"]);
  const journals = () =>
    readdirSync(path.join(site, "state")).map((file) =>
      readFileSync(path.join(site, "state", file), "utf8"),
    );
  // Every way is in the journal before the first stream is led through a proxy.
  await run.untilItSays("[1/");
  await vi.waitFor(() => expect(journals().join("")).toContain("lead-straight"), {
    timeout: 60_000,
    interval: 50,
  });
  const folders = journals().flatMap((text) =>
    [...text.matchAll(/"undo":"stop-postgres","dataDirectory":"([^"]+)"/g)].map(([, one]) => one!),
  );
  expect(folders).toHaveLength(3);
  run.kill("SIGKILL");
  await run.ended;
  const running = () =>
    execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })
      .split("\n")
      .filter((line) => folders.some((folder) => line.includes(folder)));
  await vi.waitFor(() => expect(running()).toEqual([]), { timeout: 60_000, interval: 200 });
  await vi.waitFor(() => expect(folders.filter((folder) => existsSync(folder))).toEqual([]), {
    timeout: 30_000,
    interval: 200,
  });
  await vi.waitFor(
    async () =>
      expect((await runProgram(site, ["gc"])).stdout).toBe("Nothing is left of earlier runs.\n"),
    { timeout: 30_000, interval: 500 },
  );
});
