import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { analyzeRecord } from "../../../src/analysis/analyze-record.ts";
import type { TrialAnalysis } from "../../../src/analysis/model.ts";
import type { RunEvent, TrialOutcome } from "../../../src/record/events.ts";
import { readRecord } from "../../../src/record/read-record.ts";
import { STAGE_ANALYSES } from "../../../src/stages/analyses.ts";
import type { TestPostgres } from "../../support/postgres.ts";
import { makeSite, startProgram, type RunningProgram } from "../../support/program.ts";

export interface WorkersRun extends RunningProgram {
  readonly site: string;
  events(): readonly RunEvent[];
  outcomes(): readonly TrialOutcome[];
  trials(): Promise<readonly TrialAnalysis[]>;
}

/** Starts `pgdyno run` in a folder of its own; the password comes from the environment. */
export function startRun(
  experiment: object,
  {
    server,
    environment = {},
    site = makeSite(),
  }: {
    readonly server?: TestPostgres;
    readonly environment?: Readonly<Record<string, string>>;
    readonly site?: string;
  } = {},
): WorkersRun {
  writeFileSync(path.join(site, "e.yaml"), JSON.stringify(experiment));
  const program = startProgram(site, ["run", "e.yaml"], {
    ...(server === undefined ? {} : { PGPASSWORD: server.endpoint.password!.reveal() }),
    ...environment,
  });
  const events = () => readEvents(site);
  return {
    ...program,
    site,
    events,
    outcomes: () =>
      events().flatMap((event) => (event.kind === "trial-ended" ? [event.outcome] : [])),
    trials: async () =>
      analyzeRecord(await readRecord(path.join(site, "runs/latest")), STAGE_ANALYSES).trials,
  };
}

/** The server of a test as a target. */
export function existing({ endpoint }: TestPostgres): object {
  const { host, port } = endpoint.hosts[0]!;
  return {
    existing: {
      dsn: `host=${host} port=${port} user=${endpoint.user} dbname=${endpoint.database}`,
      sslmode: "disable",
      production: "i-know",
    },
  };
}

function readEvents(site: string): RunEvent[] {
  try {
    return readFileSync(path.join(site, "runs/latest/events.ndjson"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as RunEvent);
  } catch {
    return []; // There is no record yet.
  }
}

/** Waits until the load of a trial has begun and is told of in the record. */
export async function untilLoaded(run: WorkersRun): Promise<void> {
  const ended = run.ended.then(({ stderr }) => {
    throw new Error(`It ended without a load:\n${stderr}`);
  });
  ended.catch(() => undefined); // Seen below while somebody waits.
  while (!isTold(run.site)) await Promise.race([ended, sleep(100)]);
}

function isTold(site: string): boolean {
  try {
    const file = path.join(site, "runs/latest/series/load-workers.ndjson");
    return readFileSync(file, "utf8").includes('"k":{"');
  } catch {
    return false; // There is no record yet.
  }
}

/** Live processes whose command line says all of these. */
export function processesThatSay(...words: readonly string[]): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        return words.every((word) => line.includes(word));
      } catch {
        return false; // It has ended meanwhile.
      }
    });
}

/** The process of a local worker of a run, by its name; the run's other children are none. */
export function workerOf(run: WorkersRun, name: string): number {
  const children = readFileSync(`/proc/${run.pid}/task/${run.pid}/children`, "utf8")
    .trim()
    .split(" ")
    .map(Number);
  const pid = processesThatSay("worker", `--name ${name} `).find((id) => children.includes(id));
  if (pid === undefined) throw new Error(`The run has no worker ${name}.`);
  return pid;
}

/** Waits until a process is gone, or only waits for its parent. */
export async function untilGone(pid: number): Promise<void> {
  for (;;) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      if (stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z")) return;
    } catch {
      return;
    }
    await sleep(50);
  }
}
