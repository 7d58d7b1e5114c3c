import { expect, test } from "vitest";
import type { Ceiling } from "../../../src/analysis/ceilings/model.ts";
import { QUICK_LOAD, runCeilings } from "./run-ceilings.ts";

const STAGE = `of: [archive]
workload: ${QUICK_LOAD}
clients: 2
duration: 2s
pile: 128MB
drain: 60s`;

async function archiveOf(target: string): Promise<Ceiling> {
  const { ceilings } = await runCeilings(target, STAGE);
  const exact = ceilings.ceilings.find(({ by }) => by === "wal")!;
  process.stderr.write(`${target}: ${exact.because} ${exact.bytesPerS! / 1024 ** 2} MB/s\n`);
  return exact;
}

test(
  "four streams to the archive do several times what one does",
  { timeout: 400_000 },
  async () => {
    const one = await archiveOf("archive: { bandwidth: 8MB/s }");
    const four = await archiveOf("archive: { bandwidth: 8MB/s, concurrency: 4 }");
    const times = four.bytesPerS! / one.bytesPerS!;
    expect(times).toBeGreaterThan(2.5);
    expect(times).toBeLessThan(4.6);
  },
);

test(
  "with half a second for each file, 64 MB segments carry a multiple of what 16 MB segments do",
  { timeout: 400_000 },
  async () => {
    const small = await archiveOf("archive: { latency: 500ms }");
    const large = await archiveOf("archive: { latency: 500ms }\nwalSegmentSize: 64MB");
    expect(small.segmentsPerS!).toBeLessThan(2);
    expect(large.bytesPerS! / small.bytesPerS!).toBeGreaterThan(1.8);
    expect(large.bytesPerS! / small.bytesPerS!).toBeLessThan(4.5);
  },
);
