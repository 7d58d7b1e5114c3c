/**
 * A thing against itself, and a planted slowdown: how often a comparison claims a difference.
 *
 *     npx tsx bench/aa.ts [simulated] [real]
 *
 * `simulated` runs of the whole engine on a simulated noisy server (default 200), then `real` pairs on
 * a server of this machine (default 0, 20 takes about five minutes).
 */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { analyzeRecord } from "../src/analysis/analyze-record.ts";
import { isDifference } from "../src/stages/compare/analyze.ts";
import type { ReportModel } from "../src/report/model.ts";
import type { CompareStage } from "../src/stages/compare/schema.ts";
import { runProgram } from "../test/support/program.ts";
import { readSimulated, simulate } from "../test/support/simulate.ts";
import { STAGE_ANALYSES } from "../src/stages/analyses.ts";

const [simulated = 200, real = 0] = process.argv.slice(2).map(Number);

const STAGE: CompareStage = {
  kind: "compare",
  workload: { id: "absent", options: {} },
  variants: [
    { name: "a", parameters: {}, version: null, workload: null },
    { name: "b", parameters: {}, version: null, workload: null },
  ],
  clients: 8,
  rateTps: null,
  pairs: 6,
  controlPairs: 0,
  windowMs: 3000,
  warmupMs: 0,
  cooldownMs: 0,
  between: "keep",
};

let different = 0;
for (let seed = 1; seed <= simulated; seed += 1) {
  const run = await simulate(seed, { stages: [STAGE], server: { noise: 0.15 } });
  const [comparison] = analyzeRecord(await readSimulated(run), STAGE_ANALYSES).comparisons;
  const claimed = comparison!.metrics.some(
    ({ result }) => result.is === "compared" && isDifference(result.verdict),
  );
  if (claimed) different += 1;
}
console.log(
  `simulated: ${different} of ${simulated} comparisons of a thing with itself claimed a difference`,
);

if (real > 0) {
  const site = mkdtempSync(path.join(tmpdir(), "pgdyno-aa-real-"));
  writeFileSync(
    path.join(site, "aa.yaml"),
    `target: { local: { postgresql: { version: 15, from: machine } } }
stages:
  - compare:
      workload: { native: { builtin: select-only, scale: 1 } }
      variants: { a: {}, a-again: {}, slow: { workload: { native: { scripts: [{ file: slow.sql }], scale: 1 } } } }
      clients: 1
      pairs: ${real}
      control: 0
      duration: 2s
      warmup: 300ms
      cooldown: 0s
      between: keep
`,
  );
  writeFileSync(
    path.join(site, "slow.sql"),
    "\\set aid random(1, 100000)\nselect abalance from pgbench_accounts where aid = :aid;\nselect sum(i) from generate_series(1, 300) i;\n",
  );
  const { stdout, stderr } = await runProgram(site, ["run", "aa.yaml", "--format", "json"]);
  if (stdout === "") throw new Error(stderr);
  for (const { variant, metric, result } of (JSON.parse(stdout) as ReportModel).comparisons[0]!
    .metrics) {
    console.log(`real, ${variant}, ${metric}: ${result.because}`, result);
  }
}
