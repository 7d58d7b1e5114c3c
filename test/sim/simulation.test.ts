import { expect, test } from "vitest";
import { DynoError } from "../../src/lib/errors.ts";
import { readSimulated, simulate, type SimulatedRun } from "../support/simulate.ts";

/** `npm run sim -- 123` checks one seed; `PGDYNO_SIM_SEEDS=1000` as many as one likes. */
const COUNT = Number(process.env["PGDYNO_SIM_SEEDS"] ?? 100);
const FIRST = Number(process.env["PGDYNO_SIM_SEED"] ?? 1);

test(
  `a record is whole and nothing is left up, whatever goes wrong (${COUNT} seeds)`,
  { timeout: 600_000 },
  async () => {
    const endings = new Map<string, number>();
    for (let seed = FIRST; seed < FIRST + COUNT; seed += 1) {
      const run = await simulate(seed);
      const status = await judge(seed, run);
      endings.set(status, (endings.get(status) ?? 0) + 1);
    }
    // The seeds must reach every ending, or this test shows nothing.
    if (COUNT >= 100) expect([...endings.keys()].sort()).toEqual(["aborted", "failed", "finished"]);
  },
);

test("the same seed gives the same record, byte for byte", async () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const [first, second] = [await simulate(seed), await simulate(seed)];
    expect(second.files).toEqual(first.files);
  }
});

async function judge(seed: number, run: SimulatedRun): Promise<string> {
  const where = `seed ${seed}`;
  const record = await readSimulated(run);
  expect(record.damage, where).toEqual([]);
  const { status, statusBecause, plan } = record.manifest;
  const ended = record.events.filter(({ kind }) => kind === "trial-ended").length;
  expect(record.events.at(-1), where).toMatchObject({ kind: "run-ended", status });
  expect(status === "finished", where).toBe(run.error === null);
  if (status === "finished") expect(ended, where).toBe(plan.trials.length);
  else expect(statusBecause, where).not.toBeNull();
  for (const event of record.events) {
    if (event.kind !== "trial-ended") continue;
    const seconds = record.latencies.get(event.trial) ?? [];
    const counted = seconds.reduce((sum, { histogram }) => sum + histogram.totalCount, 0);
    expect(counted, `${where}, ${event.trial}`).toBe(event.outcome.transactions);
  }
  const downFailed = messages(run.error).some((code) => code === "DOWN_FAILED");
  expect(run.left.length > 0, where).toBe(downFailed);
  return status;
}

function messages(error: unknown): string[] {
  if (error instanceof AggregateError) return error.errors.flatMap(messages);
  return error instanceof DynoError ? [error.code] : [];
}
