import { expect, test } from "vitest";
import { drawSimulation, listFaults, QUORUM, seedsOf } from "./draw-simulation.ts";
import { simulateCluster, type Trouble } from "./simulate-cluster.ts";

const QUIET = { lost: 0, doubled: 0, lateMsMax: 1 };
/** So many of the hundreds of steps that the program takes, evenly apart. */
const STEPS = process.env["CI"] === undefined ? 12 : 60;

test(
  "with a quorum, whatever dies, freezes, is cut off or comes late: never two writers, nothing acknowledged is lost, and all is whole in the end",
  { timeout: 300_000 },
  async () => {
    const faults: string[] = [];
    const seen = { acknowledged: 0, failovers: 0, crashes: 0 };
    for (const seed of seedsOf(600)) {
      const simulation = drawSimulation(seed, QUORUM);
      const run = await simulateCluster(simulation);
      faults.push(...listFaults(simulation, run));
      seen.acknowledged += run.acknowledged;
      seen.failovers += run.failovers;
      seen.crashes += run.crashes;
    }
    expect(faults).toEqual([]);
    // Something happened at all.
    expect(seen.acknowledged).toBeGreaterThan(10_000);
    expect(seen.failovers).toBeGreaterThan(10);
    expect(seen.crashes).toBeGreaterThan(5);
  },
);

test.each<[string, readonly Trouble[]]>([
  ["a failover", ["kill-postmaster"]],
  ["a switchover", ["switchover"]],
])(
  "%s in which the program itself is killed, at one step after the other",
  { timeout: 300_000 },
  async (_, trouble) => {
    const simulation = {
      seed: "steps",
      instances: 3,
      synchronous: QUORUM,
      messages: QUIET,
      trouble,
    };
    const { steps, failovers } = await simulateCluster(simulation);
    expect(failovers).toBeGreaterThan(0);
    const faults: string[] = [];
    const apart = Math.max(1, Math.floor(steps / STEPS));
    for (let crashAtStep = 1; crashAtStep <= steps; crashAtStep += apart) {
      const killed = { ...simulation, crashAtStep };
      const run = await simulateCluster(killed);
      expect(run.crashes).toBe(1);
      faults.push(...listFaults(killed, run));
    }
    expect(faults).toEqual([]);
  },
);

test("the same seed tells the same story", async () => {
  const [once, again] = [
    await simulateCluster(drawSimulation(7, QUORUM)),
    await simulateCluster(drawSimulation(7, QUORUM)),
  ];
  expect(again.story).toEqual(once.story);
});
