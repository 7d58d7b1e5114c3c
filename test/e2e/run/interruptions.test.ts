import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { makeSite, runProgram, startProgram, type RunningProgram } from "../../support/program.ts";

const EXPERIMENT = `
metadata: { name: short }
target:
  local: { postgresql: { version: 18, parameters: { shared_buffers: 64MB } } }
stages:
  - ladder:
      workload: { native: { builtin: tpcb-like, scale: 2 } }
      clients: [1, 2]
      duration: 1500ms
      warmup: 200ms
      cooldown: 100ms
      repetitions: 2
`;

function makeExperiment(): string {
  const site = makeSite();
  writeFileSync(path.join(site, "short.yaml"), EXPERIMENT);
  return site;
}

/** Processes whose command line names this test's own data: nothing of a stranger's. */
function processesOf(dataDirectories: readonly string[]): string[] {
  const lines = execFileSync("ps", ["-eo", "pid,args"], { encoding: "utf8" }).split("\n");
  return lines.filter((line) => dataDirectories.some((directory) => line.includes(directory)));
}

function dataDirectories(site: string): string[] {
  const state = path.join(site, "state");
  const named = readdirSync(state)
    .flatMap((file) => readFileSync(path.join(state, file), "utf8").split("\n"))
    .flatMap((line) => /"dataDirectory":"([^"]+)"/.exec(line)?.[1] ?? []);
  return [...new Set(named)];
}

function trialsEnded(site: string): string[] {
  return readFileSync(path.join(site, "runs/latest/events.ndjson"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { kind: string; trial: string })
    .flatMap(({ kind, trial }) => (kind === "trial-ended" ? [trial] : []));
}

test("after kill -9 nothing of ours runs on, gc finds nothing, and resume keeps what was measured", async () => {
  const site = makeExperiment();
  const run = startProgram(site, ["run", "short.yaml"]);
  await run.untilItSays("[3/4]");
  const servers = dataDirectories(site);
  expect(servers).toHaveLength(1);
  expect(processesOf(servers)).not.toEqual([]);
  run.kill("SIGKILL");
  await run.ended;
  const before = trialsEnded(site);
  expect(before).toHaveLength(2);

  await vi.waitFor(() => expect(processesOf(servers)).toEqual([]), {
    timeout: 20_000,
    interval: 200,
  });
  await vi.waitFor(() => expect(existsSync(servers[0]!)).toBe(false), { timeout: 10_000 });
  await sleep(500);
  expect(await runProgram(site, ["gc"])).toMatchObject({
    status: 0,
    stdout: "Nothing is left of earlier runs.\n",
  });

  const resumed = await runProgram(site, ["resume", "runs/latest"]);
  expect(resumed.stderr).toContain("short: goes on after 2 trials.");
  expect(resumed.status).toBe(0);
  expect(trialsEnded(site).slice(0, 2)).toEqual(before);
  expect(new Set(trialsEnded(site)).size).toBe(4);
  const report = JSON.parse(
    (await runProgram(site, ["report", "runs/latest", "--format", "json"])).stdout,
  ) as { run: { status: string }; trials: { throughputTps: number }[] };
  expect(report.run.status).toBe("finished");
  expect(report.trials.every(({ throughputTps }) => throughputTps > 0)).toBe(true);

  const again = await runProgram(site, ["resume", "runs/latest"]);
  expect(again).toMatchObject({ status: 2 });
  expect(again.stderr).toContain("has no trial left to run");
});

/** As where the whole session is killed: the reaper first, so that nobody takes anything down. */
async function killWithReaper(site: string, run: RunningProgram): Promise<void> {
  const state = path.join(site, "state");
  const [journal] = readdirSync(state);
  const text = readFileSync(path.join(state, journal!), "utf8");
  const reaper = Number(/"reaper":\{"pid":(\d+)/.exec(text)![1]);
  process.kill(reaper, "SIGKILL");
  run.kill("SIGKILL");
  await run.ended;
}

function readEvents(
  site: string,
): readonly { readonly kind: string; readonly title?: string; readonly text?: string }[] {
  return readFileSync(path.join(site, "runs/latest/events.ndjson"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { kind: string; title?: string; text?: string });
}

test("a run that is at work is not resumed; killed with its reaper, its server is taken over with its data", async () => {
  const site = makeExperiment();
  const run = startProgram(site, ["run", "short.yaml"]);
  await run.untilItSays("[3/4]");
  run.kill("SIGSTOP"); // Its trial must not end meanwhile.
  const atWork = await runProgram(site, ["resume", "runs/latest"]);
  expect(atWork).toMatchObject({ status: 2 });
  expect(atWork.stderr).toContain("is still being measured, by process");
  await killWithReaper(site, run);
  const servers = dataDirectories(site);
  expect(processesOf(servers)).not.toEqual([]);

  const { status, stderr } = await runProgram(site, ["resume", "runs/latest"]);
  expect(stderr).not.toContain("Note: What was left");
  expect(status).toBe(0);
  const events = readEvents(site);
  expect(events.map(({ text }) => text)).toContain(
    "What an earlier part of this run left up is taken over.",
  );
  const steps = events.flatMap(({ title }) => title ?? []);
  expect(steps.filter((title) => title === "initialise the cluster")).toHaveLength(1);
  expect(steps).toContain("take over the server");
  expect(new Set(trialsEnded(site)).size).toBe(4);
  expect(processesOf(servers)).toEqual([]);
  expect(existsSync(servers[0]!)).toBe(false);
  expect(readdirSync(path.join(site, "state"))).toEqual([]);
});

test("where the server is gone as well, what is left is taken down and the run comes up anew", async () => {
  const site = makeExperiment();
  const run = startProgram(site, ["run", "short.yaml"]);
  await run.untilItSays("[2/4]");
  await killWithReaper(site, run);
  const servers = dataDirectories(site);
  const pid = Number(readFileSync(path.join(servers[0]!, "postmaster.pid"), "utf8").split("\n")[0]);
  process.kill(pid, "SIGKILL");
  await vi.waitFor(() => expect(processesOf(servers)).toEqual([]), { timeout: 20_000 });

  const resumed = await runProgram(site, ["resume", "runs/latest"]);
  expect(resumed.stderr).toContain(
    `Note: What was left up is taken down. No server is ready in ${servers[0]}.`,
  );
  expect(resumed.status).toBe(0);
  expect(new Set(trialsEnded(site)).size).toBe(4);
  expect(existsSync(servers[0]!)).toBe(false);
  expect(readdirSync(path.join(site, "state"))).toEqual([]);
});

test("Ctrl-C stops the load, comes down and reads what there is", async () => {
  const site = makeExperiment();
  const run = startProgram(site, ["run", "short.yaml"]);
  await run.untilItSays("[2/4]");
  const servers = dataDirectories(site);
  run.kill("SIGINT");
  const { status, stderr, stdout } = await run.ended;
  expect(status).toBe(130);
  expect(stderr).toContain("Stops the load and comes down.");
  expect(stdout).toContain("Report: runs/");
  expect(processesOf(servers)).toEqual([]);
  expect(readdirSync(path.join(site, "state"))).toEqual([]);
  expect(trialsEnded(site)).toHaveLength(1);
});

test("Ctrl-C twice stops coming down, says what is left, and gc removes it", async () => {
  const site = makeExperiment();
  const run = startProgram(site, ["run", "short.yaml"]);
  await run.untilItSays("[2/4]");
  const servers = dataDirectories(site);
  run.kill("SIGINT");
  await run.untilItSays("Stops the load");
  run.kill("SIGINT");
  const { status, stderr } = await run.ended;
  expect(status).toBe(130);
  expect(stderr).toContain("Left as it is; `pgdyno gc` removes it:");
  expect(stderr).toContain(`PostgreSQL in ${servers[0]}`);
  const gc = await runProgram(site, ["gc", "--format", "json"]);
  expect(gc.status).toBe(0);
  expect(processesOf(servers)).toEqual([]);
  expect(existsSync(servers[0]!)).toBe(false);
  expect((await runProgram(site, ["gc"])).stdout).toBe("Nothing is left of earlier runs.\n");
});
