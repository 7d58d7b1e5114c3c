/**
 * What the shape of an archive is worth: streams at a time, and the size of segments. Each is a stage
 * `ceilings` on a server of this machine:
 *
 *     npx tsx bench/archive-shapes.ts
 */
import { QUICK_LOAD, runCeilings } from "../test/e2e/ceilings/run-ceilings.ts";

const STAGE = `of: [archive]
workload: ${QUICK_LOAD}
clients: 2
duration: 2s
pile: 128MB
drain: 20s`;

async function mbPerS(target: string): Promise<number> {
  const { ceilings } = await runCeilings(target, STAGE);
  return ceilings.ceilings.find(({ by }) => by === "wal")!.bytesPerS! / 1024 ** 2;
}

async function compare(what: string, first: string, second: string): Promise<void> {
  const [a, b] = [await mbPerS(first), await mbPerS(second)];
  console.log(`${what}: ${a.toFixed(1)} and ${b.toFixed(1)} MB/s, ${(b / a).toFixed(2)} times`);
}

await compare(
  "one stream at 8 MB/s, and four",
  "archive: { bandwidth: 8MB/s }",
  "archive: { bandwidth: 8MB/s, concurrency: 4 }",
);
await compare(
  "segments of 16 MB and of 64 MB, half a second for each file",
  "archive: { latency: 500ms }",
  "archive: { latency: 500ms }\nwalSegmentSize: 64MB",
);
