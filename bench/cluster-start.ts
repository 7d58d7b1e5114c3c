/**
 * From nothing to quorum-synchronous writes: a primary with two standbys by the local target's own
 * steps, against `initdb` alone with the same binaries, in interleaved rounds.
 *
 * Each round makes and removes some four thousand files. A file system may slow down by that, such as
 * ext4 without a journal, which passes over the inodes of files that were removed a moment ago
 * (`recently_deleted` in https://github.com/torvalds/linux/blob/master/fs/ext4/ialloc.c): the first
 * round after some idle minutes is then what a run meets, and a folder in memory shows what PostgreSQL
 * and pgdyno take by themselves.
 *
 * Run by hand: `npx tsx bench/cluster-start.ts [rounds] [version] [folder]`.
 */
import { withSteps } from "../src/engine/steps.ts";
import { withConnection } from "../src/lib/pg-connection.ts";
import { local } from "../src/targets/local/index.ts";
import { localOptions } from "../src/targets/local/options.ts";
import { withPartContext } from "../test/support/part-context.ts";

const [rounds = 5, version = 18] = process.argv.slice(2, 4).map(Number);
const folder = process.argv[4];
const ACKNOWLEDGED = "create table acknowledged (); drop table acknowledged";

interface Start {
  readonly totalMs: number;
  readonly stepsMs: Readonly<Record<string, number>>;
}

async function start(instances: number): Promise<Start> {
  const options = localOptions.parse({
    postgresql: { version },
    instances,
    ...(folder === undefined ? {} : { directory: folder }),
    ...(instances > 1 ? { synchronous: { method: "any", number: 1 } } : {}),
  });
  return withPartContext(async ({ context }) => {
    const target = local.open(options, context);
    const stepsMs: Record<string, number> = {};
    const sinceMs = performance.now();
    let lastMs = sinceMs;
    return withSteps(
      target.steps,
      async () => {
        const { loadEndpoint } = target.handle();
        await withConnection(
          loadEndpoint,
          { applicationName: "pgdyno-bench", timeoutMs: 10_000 },
          ({ query }) => query(ACKNOWLEDGED),
        );
        return { totalMs: performance.now() - sinceMs, stepsMs };
      },
      {
        signal: AbortSignal.timeout(120_000),
        downBudgetMs: 30_000,
        onStep: ({ step, phase, moment }) => {
          if (phase !== "up") return;
          const now = performance.now();
          if (moment === "ended") stepsMs[step.title] = now - lastMs;
          lastMs = now;
        },
      },
    );
  });
}

const single: number[] = [];
const three: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  const one = await start(1);
  const all = await start(3);
  single.push(one.totalMs);
  three.push(all.totalMs);
  for (const { stepsMs } of [one, all]) {
    const told = Object.entries(stepsMs).map(
      ([title, ms]) => `${title.replace(/\/\S+/, "folder")} ${ms.toFixed(0)}`,
    );
    console.log(`round ${round + 1}: ${told.join(" · ")}`);
  }
}
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;
console.log(
  `three members ${median(three).toFixed(0)} ms, one server ${median(single).toFixed(0)} ms, ` +
    `ratio ${(median(three) / median(single)).toFixed(2)} (medians of ${rounds})`,
);
