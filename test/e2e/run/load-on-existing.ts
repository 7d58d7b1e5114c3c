import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Client } from "pg";
import { makeReport } from "../../../src/cli/make-report.ts";
import type { RunEvent } from "../../../src/record/events.ts";
import type { ReportModel } from "../../../src/report/model.ts";
import {
  makeSite,
  startProgram,
  type ProgramResult,
  type RunningProgram,
} from "../../support/program.ts";
import type { TestPostgres } from "../../support/postgres.ts";

/** A load of one script on a server that was there before, and stays. */
export interface ScriptLoad {
  readonly workload: "native" | "pgbench";
  readonly protocol?: "simple" | "extended" | "prepared";
  /** By file name; the first is the load's only one unless `others` names more. */
  readonly scripts: Readonly<Record<string, string>>;
  readonly clients?: readonly number[];
  readonly rate?: string;
  readonly warmup?: string;
  readonly duration?: string;
}

export interface LoadRun extends RunningProgram {
  readonly site: string;
  /** After its end. */
  events(): readonly RunEvent[];
}

/** Starts `pgdyno run` on it; the password comes from the environment. */
export function startLoad({ endpoint }: TestPostgres, load: ScriptLoad): LoadRun {
  const site = makeSite();
  const { clients = [2], duration = "3s", warmup = "1s", protocol = "simple", rate } = load;
  for (const [name, text] of Object.entries(load.scripts)) {
    writeFileSync(path.join(site, name), text);
  }
  const { host, port } = endpoint.hosts[0]!;
  const files = Object.keys(load.scripts).map((file) => ({ file }));
  const experiment = {
    metadata: { name: "load" },
    target: {
      existing: {
        dsn: `host=${host} port=${port} user=${endpoint.user} dbname=${endpoint.database}`,
        sslmode: "disable",
        production: "i-know",
      },
    },
    stages: [
      {
        ladder: {
          workload: { [load.workload]: { scripts: files, initialize: false, protocol } },
          clients: rate === undefined ? clients : clients[0],
          ...(rate === undefined ? {} : { rates: [rate] }),
          duration,
          warmup,
          cooldown: "100ms",
          repetitions: 1,
        },
      },
    ],
  };
  writeFileSync(path.join(site, "load.yaml"), JSON.stringify(experiment));
  const program = startProgram(site, ["run", "load.yaml"], {
    PGPASSWORD: endpoint.password!.reveal(),
  });
  return { ...program, site, events: () => readEvents(site) };
}

/** What a whole run came to. */
export interface EndedLoad extends ProgramResult {
  readonly report: ReportModel;
  readonly events: readonly RunEvent[];
}

export async function runLoadOn(server: TestPostgres, load: ScriptLoad): Promise<EndedLoad> {
  const run = startLoad(server, load);
  const result = await run.ended;
  const report = await makeReport(path.join(run.site, "runs/latest"));
  return { ...result, report, events: run.events() };
}

function readEvents(site: string): RunEvent[] {
  return readFileSync(path.join(site, "runs/latest/events.ndjson"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as RunEvent);
}

/** Runs statements, each on its own, in one session of the server's own role or the superuser. */
export async function query(
  { endpoint, adminEndpoint }: TestPostgres,
  statements: readonly string[],
  as: "load" | "admin" = "load",
): Promise<Readonly<Record<string, unknown>>[]> {
  const { hosts, user, database, password } = as === "load" ? endpoint : adminEndpoint;
  const client = new Client({ ...hosts[0]!, user, database, password: password!.reveal() });
  await client.connect();
  try {
    let rows: Record<string, unknown>[] = [];
    for (const sql of statements) ({ rows } = await client.query<Record<string, unknown>>(sql));
    return rows;
  } finally {
    await client.end();
  }
}

/** What the load may write to, although the database holds tables already. */
export async function prepareDatabase(
  server: TestPostgres,
  ...statements: readonly string[]
): Promise<void> {
  await query(server, [
    "create schema if not exists pgdyno_marker",
    "create table if not exists pgdyno_marker.marker (run_id text, created_at timestamptz default now())",
    "insert into pgdyno_marker.marker values ('test')",
    ...statements,
  ]);
}
