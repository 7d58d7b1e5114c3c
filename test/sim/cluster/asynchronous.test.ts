import { expect, test } from "vitest";
import { drawSimulation, listFaults, QUORUM, seedsOf } from "./draw-simulation.ts";
import { simulateCluster } from "./simulate-cluster.ts";

test(
  "without synchronous standbys writes are lost, as they must be, but never two write and all is whole in the end",
  { timeout: 300_000 },
  async () => {
    const faults: string[] = [];
    let lost = 0;
    for (const seed of seedsOf(200)) {
      const simulation = drawSimulation(seed, null);
      const run = await simulateCluster(simulation);
      faults.push(...listFaults(simulation, run));
      lost += run.lost.length;
    }
    expect(faults).toEqual([]);
    expect(lost).toBeGreaterThan(0); // Or the search for lost writes finds nothing anywhere.
  },
);

test("a standby that missed a failover and is ahead of the new primary is taken down and follows", async () => {
  // pg3 was ahead when pg1 was chosen, and asked for WAL that nobody had.
  const simulation = drawSimulation(129, null);
  const run = await simulateCluster(simulation);
  expect(run.notWhole).toBeNull();
  expect(run.story.join("\n")).toMatch(/pg3 holds WAL that pg\d does not have, and is taken down/);
});

test.each([
  ["does not fence", "no-fencing", ["freeze-primary"]],
  [
    "promotes whoever answers",
    "no-quorum",
    ["cut-standby", "freeze-standby", "kill-primary", "kill-standby"],
  ],
] as const)("a cluster that %s is found out", async (_, sabotage, trouble) => {
  const found = { twoWriters: 0, lost: 0 };
  for (let seed = 1; seed <= 40; seed += 1) {
    const simulation = { ...drawSimulation(seed, QUORUM), trouble };
    const run = await simulateCluster({ ...simulation, sabotage });
    found.twoWriters += run.twoWriters.length;
    found.lost += run.lost.length;
  }
  expect(sabotage === "no-fencing" ? found.twoWriters : found.lost).toBeGreaterThan(0);
});
