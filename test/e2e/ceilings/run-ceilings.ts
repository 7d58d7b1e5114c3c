import { writeFileSync } from "node:fs";
import path from "node:path";
import type { CeilingsAnalysis } from "../../../src/stages/ceilings/model.ts";
import type { ReportModel } from "../../../src/report/model.ts";
import { makeSite, runProgram } from "../../support/program.ts";

/** A load that piles up WAL at once, where the load itself is not what is looked at. */
export const QUICK_LOAD = "{ native: { builtin: wal-message } }";

/** Runs one stage of ceilings with the built program, and gives what its report says. */
export async function runCeilings(
  target: string,
  stage: string,
): Promise<{ readonly ceilings: CeilingsAnalysis; readonly report: ReportModel }> {
  const site = makeSite();
  const experiment = `
metadata: { name: ceilings }
target:
  local:
    postgresql:
      version: 15
      from: machine
      parameters: { shared_buffers: 32MB, max_wal_size: 128MB, min_wal_size: 128MB }
${indent(target, 4)}
stages:
  - ceilings:
${indent(stage, 6)}
`;
  writeFileSync(path.join(site, "ceilings.yaml"), experiment);
  const run = await runProgram(site, ["run", "ceilings.yaml", "--format", "json"]);
  if (run.status !== 0) throw new Error(`It ended with ${run.status}:\n${run.stderr}`);
  const report = JSON.parse(run.stdout) as ReportModel;
  return { ceilings: report.ceilings[0]!, report };
}

function indent(text: string, columns: number): string {
  return text
    .trim()
    .split("\n")
    .map((line) => `${" ".repeat(columns)}${line.trim()}`)
    .join("\n");
}
