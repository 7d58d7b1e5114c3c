import type { Instance } from "../../../src/contracts/instance.ts";
import { readdirSync } from "node:fs";
import type { MonitorConnection, Probe, ProbeSample } from "../../../src/contracts/probe.ts";
import { localHost } from "../../../src/hosts/local-host.ts";
import type { Endpoint } from "../../../src/lib/endpoint.ts";
import { MONITOR_APPLICATION_NAME } from "../../../src/lib/monitor-sessions.ts";
import { withConnection } from "../../../src/lib/pg-connection.ts";
import type { Readings } from "../../../src/record/series-format.ts";
import type { TestPostgres } from "../../support/postgres.ts";

const FOLDER = new URL("../../../src/probes/", import.meta.url);

/** Every probe that lies in the folder, listed or not. */
export async function loadProbes(): Promise<readonly Probe[]> {
  const files = readdirSync(FOLDER).filter((name) => /^[^.]+\.ts$/.test(name));
  const modules = await Promise.all(
    files.map((name) => import(new URL(name, FOLDER).href) as Promise<Record<string, unknown>>),
  );
  return modules.flatMap((module) => Object.values(module).filter(isProbe));
}

function isProbe(value: unknown): value is Probe {
  return typeof value === "object" && value !== null && "open" in value && "everyMs" in value;
}

export interface Reading {
  readonly probe: Probe;
  readonly missing: readonly string[];
  /** Empty where there is nothing to read here. */
  readonly samples: readonly ProbeSample[];
}

/** Opens the probe and reads it `times`; like the engine, but at once. */
export async function readProbe(
  probe: Probe,
  connection: MonitorConnection,
  server: TestPostgres,
  times = 2,
): Promise<Reading> {
  const missing: string[] = [];
  const session = await probe.open({
    connection,
    host: localHost(),
    instance: instanceOf(server),
    missing: (text) => missing.push(text),
  });
  const samples: ProbeSample[] = [];
  for (let i = 0; i < (session === null ? 0 : times); i += 1) {
    samples.push(await session!.read(AbortSignal.timeout(5000)));
  }
  return { probe, missing, samples };
}

export function instanceOf(server: TestPostgres): Instance {
  const { endpoint, postmasterPid, dataDirectory, logFile } = server;
  return {
    name: "pg1",
    host: localHost(),
    monitorEndpoint: endpoint,
    postmasterPid,
    dataDirectory,
    logFile,
  };
}

export function asMonitor<T>(
  endpoint: Endpoint,
  work: (connection: MonitorConnection) => Promise<T>,
): Promise<T> {
  const options = { applicationName: MONITOR_APPLICATION_NAME, timeoutMs: 10_000 };
  return withConnection(endpoint, options, work);
}

/** A user of the server, by default one that puts load on. */
export function asClient<T>(
  endpoint: Endpoint,
  work: (query: (sql: string) => Promise<readonly Record<string, unknown>[]>) => Promise<T>,
  applicationName = "a client",
): Promise<T> {
  const options = { applicationName, timeoutMs: 20_000, lockTimeoutMs: 0 };
  return withConnection(endpoint, options, (connection) =>
    work((sql) => connection.query<Record<string, unknown>>(sql)),
  );
}

/** The readings of a sample that has no keys. */
export function plain(sample: ProbeSample | undefined): Readings {
  if (sample === undefined || !("v" in sample)) throw new Error("This sample is keyed or missing.");
  return sample.v;
}

export function keyed(sample: ProbeSample | undefined): Readonly<Record<string, Readings>> {
  if (sample === undefined || !("k" in sample)) throw new Error("This sample has no keys.");
  return sample.k;
}
