import { expect, test } from "vitest";
import type { Ceiling } from "../../../src/stages/ceilings/model.ts";
import { QUICK_LOAD, runCeilings } from "./run-ceilings.ts";

const MB = 1024 ** 2;

async function archiveOf(target: string, pile: string): Promise<Ceiling> {
  const stage = `of: [archive]
workload: ${QUICK_LOAD}
clients: 2
duration: 2s
pile: ${pile}
drain: 10s`;
  const { ceilings } = await runCeilings(target, stage);
  return ceilings.ceilings.find(({ by }) => by === "wal")!;
}

/** Of the knobs alone: what they let through at most holds on any machine. */
test(
  "four streams to the archive do more than the most that one can do",
  { timeout: 400_000 },
  async () => {
    const one = await archiveOf("archive: { bandwidth: 8MB/s }", "80MB");
    const four = await archiveOf("archive: { bandwidth: 8MB/s, concurrency: 4 }", "80MB");
    expect(one.bytesPerS! / MB).toBeLessThan(8.2);
    expect(four.bytesPerS! / MB).toBeGreaterThan(11);
    expect(four.bytesPerS! / MB).toBeLessThan(32.8);
  },
);

test(
  "with a second for each file, 64 MB segments carry more than the most that 16 MB segments can",
  { timeout: 400_000 },
  async () => {
    const small = await archiveOf("archive: { latency: 1s }", "128MB");
    const large = await archiveOf("archive: { latency: 1s }\nwalSegmentSize: 64MB", "128MB");
    expect(small.segmentsPerS!).toBeLessThan(1);
    expect(large.segmentsPerS!).toBeLessThan(1);
    expect(large.bytesPerS!).toBeGreaterThan(1.5 * small.bytesPerS!);
  },
);
