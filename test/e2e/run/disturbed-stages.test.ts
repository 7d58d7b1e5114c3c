import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { ReportModel } from "../../../src/report/model.ts";
import { makeSite, runProgram } from "../../support/program.ts";

const targetOf = (instances: number, more: string, parameters = "") => `
target:
  local:
    postgresql: { version: 18, parameters: { shared_buffers: 32MB${parameters} } }
    instances: ${instances}
    ${more}
`;

/** From the file to the report's JSON, as a user gets it. */
async function reportOf(text: string): Promise<ReportModel> {
  const site = makeSite();
  writeFileSync(path.join(site, "short.yaml"), text);
  const run = await runProgram(site, ["run", "short.yaml"]);
  const report = await runProgram(site, ["report", "runs/latest", "--format", "json"]);
  expect(report.status, `${run.stderr}\n${report.stderr}`).toBe(0);
  const model = JSON.parse(report.stdout) as ReportModel;
  expect(model.run.statusBecause).toBeNull();
  return model;
}

test("a failover, a switchover and a black hole come from the file to the report with RTO, phases and the ledger's answer", async () => {
  const { failovers, objectives, findings } = await reportOf(`
metadata: { name: short }
objectives: { rpo: 0 transactions, rto: 1min }
${targetOf(3, "synchronous: { method: any, number: 1 }")}
stages:
  - failover: { rate: 100tps, clients: 4, trials: 1, duration: 6s, warmup: 1s }
  - switchover: { rate: 100tps, clients: 4, trials: 1, duration: 6s, warmup: 1s }
  - failover:
      fault: client-cut
      hold: 3s
      workload: { native: { requestTimeout: 1s } }
      rate: 100tps
      clients: 4
      trials: 1
      duration: 7s
      warmup: 1s
`);
  expect(failovers.map(({ what }) => what)).toEqual(["kill-primary", "switchover", "client-cut"]);
  const [killed, handed, cut] = failovers.map(({ trials }) => trials[0]!);
  for (const trial of [killed!, handed!]) {
    expect(trial.gap!.endMs).not.toBeNull();
    expect(trial.from).not.toBe(trial.to);
    expect(trial.phases.map(({ name }) => name)).toContain("end of recovery");
    expect(trial.redundancyMs).toBeGreaterThan(0);
    expect(trial.loss).toMatchObject({ is: "known", lostOk: 0 });
    expect(trial.dualAckMs).toBe(0);
  }
  // The old primary's own WAL is read where it was killed, and tells the same.
  expect(killed!.loss).toMatchObject({ acknowledged: expect.any(Number) });
  expect(failovers[0]!.rtoMs!.median.value).toBe(killed!.gap!.ms);

  // Nobody is told of a black hole: writes are away as long as it lasts, and then some.
  expect(cut!.gap!.ms).toBeGreaterThan(2800);
  expect(cut!.gap!.endMs).not.toBeNull();
  expect(cut!.to).toBeNull();
  // What the clients gave up on after a second has no answer; none of it counts as lost.
  expect(cut!.unknown!.count).toBeGreaterThan(0);
  expect(cut!.loss).toMatchObject({ is: "known", lostOk: 0 });

  // One trial is too few to say that the next one will be back in time.
  expect(objectives).toMatchObject([
    { objective: "rpo", verdict: "pass", found: expect.stringContaining("0 lost") },
    { objective: "rto", verdict: "unknown", because: expect.stringContaining("too few of 1") },
  ]);
  expect(findings.length).toBeGreaterThan(0);
});

test("a run of nothing but a failover on a cluster whose archive is broken diagnoses the archive", async () => {
  const { failovers, findings, next, objectives } = await reportOf(`
metadata: { name: no-archive }
${targetOf(2, "archive: { failing: true }", ", archive_timeout: 1s")}
stages:
  - failover: { rate: 100tps, clients: 4, trials: 1, duration: 5s, warmup: 3s }
`);
  expect(objectives).toEqual([]);
  expect(failovers[0]!.trials[0]!.gap!.endMs).not.toBeNull();
  expect(findings.find(({ id }) => id === "archive-failing")).toMatchObject({
    verdict: "fail",
    confidence: "confirmed",
    at: expect.stringMatching(/^before kill-primary under /),
    because: expect.stringContaining("failed"),
  });
  expect(next.join("\n")).toMatch(/archive/i);
});
