import { randomBytes } from "node:crypto";
import path from "node:path";
import type { PartContext } from "../contracts/context.ts";
import type { Workload } from "../contracts/workload.ts";
import { Secret } from "../lib/secret.ts";
import type { Experiment } from "../spec/experiment.ts";
import type { LoadPlacement } from "../spec/load.ts";
import { openCrew, type CrewOptions } from "../workers/crew.ts";
import { spreadOver } from "../workers/spread-load.ts";
import { programCommand } from "./scratch.ts";
import { PGDYNO_VERSION } from "./version.ts";
import { readFile, readWorkerToken } from "./worker-token.ts";

/** The workloads of a run, and the end of whoever carries them. */
export interface LoadCarriers {
  readonly workloads: readonly Workload[];
  close(): Promise<void>;
}

/**
 * Has the workers of an experiment there before anything else is set up; nothing where it has none.
 *
 * @throws {DynoError} WORKER_TOKEN_MISSING, COORDINATOR_CANNOT_LISTEN, WORKER_LOST; the signal's reason
 */
export async function openWorkers(about: {
  readonly experiment: Experiment;
  readonly workloads: readonly Workload[];
  readonly isSimulated: boolean;
  readonly context: PartContext;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  note(text: string): void;
}): Promise<LoadCarriers> {
  const { experiment, workloads, context, signal, note } = about;
  const { load } = experiment;
  if (load === null || about.isSimulated) return { workloads, close: () => Promise.resolve() };
  const crew = await openCrew({
    workers: load.workers,
    ...joinOf(load, experiment.directory, about.environment),
    version: PGDYNO_VERSION,
    command: programCommand(),
    context,
    note,
  });
  try {
    await crew.assemble(signal);
  } catch (error) {
    await crew.close();
    throw error;
  }
  return {
    workloads: workloads.map((workload) => spreadOver(crew, workload)),
    close: () => crew.close(),
  };
}

function joinOf(
  { join }: LoadPlacement,
  directory: string,
  environment: Readonly<Record<string, string | undefined>>,
): Pick<CrewOptions, "join" | "token"> {
  if (join === null) return { join, token: new Secret(randomBytes(32).toString("hex")) };
  const { tls, tokenFile } = join;
  const from = (file: string) => path.resolve(directory, file);
  return {
    token: readWorkerToken({
      file: tokenFile === null ? null : from(tokenFile),
      environment,
      who: "`load.join`",
      option: "`load.tokenFile`",
    }),
    join: {
      ...join,
      tls:
        tls === null
          ? null
          : { cert: readFile(from(tls.certificate)), key: readFile(from(tls.key)) },
    },
  };
}
