/** A rate that changes over time, through the built program and its compiled worker threads. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { makeSite, runProgram } from "../../support/program.ts";
import { skipUnless } from "../../support/skips.ts";

const WORKER = fileURLToPath(
  new URL("../../../dist/workloads/native/load/worker.js", import.meta.url),
);
const builtTest = skipUnless(existsSync(WORKER), "the program is not built: run `npm run build`");

interface Report {
  readonly trials: readonly {
    readonly planned: { readonly mode: string; readonly rateTps: number | null };
    readonly throughputTps: number | null;
    readonly lag: { readonly count: number } | null;
  }[];
}

const experimentOf = (profile: string, clients: number): string => `
target: { local: { postgresql: { parameters: { shared_buffers: 64MB, synchronous_commit: off } } } }
stages:
  - ladder:
      workload: { native: { scale: 1, builtin: select-only, threads: 2, profile: ${profile} } }
      clients: ${clients}
      duration: 6s
      warmup: 1s
      cooldown: 1s
      repetitions: 1
`;

async function run(profile: string, clients: number) {
  const site = makeSite();
  writeFileSync(path.join(site, "it.yaml"), experimentOf(profile, clients));
  const result = await runProgram(site, ["run", "it.yaml", "--format", "json"]);
  expect(result.stderr).not.toContain("This is a bug");
  const series = readFileSync(path.join(site, "runs/latest/series/generator.ndjson"), "utf8");
  const [, ...lines] = series.trim().split("\n");
  const offeredTps = lines.map(
    (line) => (JSON.parse(line) as { v: { offeredTps: number } }).v.offeredTps,
  );
  return { report: JSON.parse(result.stdout) as Report, result, offeredTps };
}

builtTest("offers steps and ramps as they are written, and records what fell due", async () => {
  const profile = "[{ for: 3s, rate: 100tps }, { ramp: 2s, to: 500tps }, { for: 1s, rate: 200 }]";
  const { report, offeredTps } = await run(profile, 4);
  const [trial] = report.trials;
  // 2 s of 100/s, 2 s of 300/s, 2 s of 200/s.
  expect(trial!.planned).toMatchObject({ mode: "open", rateTps: 200 });
  expect(Math.abs(trial!.throughputTps! - 200)).toBeLessThan(4 * Math.sqrt(200 / 6));
  const wantedTps = [100, 100, 100, 200, 400, 200, 200];
  wantedTps.forEach((wanted, second) => {
    expect(Math.abs(offeredTps[second]! - wanted)).toBeLessThan(5 * Math.sqrt(wanted) + 30);
  });
});

builtTest("says that a rate was not delivered, and does not count the trial", async () => {
  const { result } = await run("[{ for: 1s, rate: 100000 }]", 1);
  expect(result.stdout).toContain("The rate was not delivered");
  expect(result.stdout).toContain("rate-not-delivered");
});
