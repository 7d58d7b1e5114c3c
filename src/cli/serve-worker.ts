import { hostname } from "node:os";
import type { PartContext } from "../contracts/context.ts";
import { openJournal } from "../engine/journal.ts";
import { journaledProcesses } from "../engine/journaled-processes.ts";
import { startReaper } from "../engine/reaper.ts";
import { systemClock } from "../engine/system-clock.ts";
import { DynoError } from "../lib/errors.ts";
import { parseHostAddress } from "../lib/host-address.ts";
import { nodeProcesses } from "../lib/node-processes.ts";
import { randomFrom } from "../lib/random.ts";
import { parseDurationMs } from "../lib/units.ts";
import { serve, type ServeOptions } from "../workers/serve.ts";
import { CATALOG } from "./catalog.ts";
import type { ExitStatus } from "./exit-codes.ts";
import { listenForInterrupts } from "./interrupts.ts";
import type { Io } from "./io.ts";
import { makeScratch, programCommand } from "./scratch.ts";
import { PGDYNO_VERSION } from "./version.ts";
import { readFile, readWorkerToken } from "./worker-token.ts";

export interface WorkerOptions {
  readonly join: string | undefined;
  readonly "token-file": string | undefined;
  readonly "tls-ca": string | undefined;
  readonly name: string | undefined;
  readonly wait: string;
}

type Asked = Omit<ServeOptions, "context" | "signal">;

/** Carries parts of a run's load until the run is over. What it starts ends with it, however it ends. */
export async function serveWorker(options: WorkerOptions, io: Io): Promise<ExitStatus> {
  const asked = readOptions(options, io);
  const journal = openJournal(`worker-${asked.name}`);
  const reaper = startReaper(journal.path, programCommand());
  journal.handSecretsTo((number, secret) => reaper.keep(number, secret));
  const interrupts = listenForInterrupts({
    onFirst: () => io.err("\nStops its load and leaves the run. Ctrl-C again does not wait."),
    onSecond: () => io.err("What it had started is ended by a process of its own."),
  });
  const work = async (): Promise<void> => {
    const scratch = await makeScratch(journal);
    const context: PartContext = {
      clock: systemClock(),
      random: randomFrom(asked.name),
      processes: journaledProcesses(nodeProcesses(), journal),
      scratchDirectory: scratch.directory,
      journal,
      say: (text) => io.err(`${asked.name}: ${text}`),
    };
    try {
      await serve({ ...asked, context, signal: interrupts.signal });
    } catch (error) {
      if (!interrupts.signal.aborted) throw error;
    } finally {
      await scratch.remove();
      journal.close();
      reaper.dismiss();
    }
  };
  await Promise.race([work(), interrupts.twice]);
  interrupts.release();
  return interrupts.signal.aborted ? 130 : 0;
}

/** @throws {DynoError} USAGE, WORKER_TOKEN_MISSING */
function readOptions(options: WorkerOptions, io: Io): Asked {
  const join = parseHostAddress(options.join ?? "");
  if (join === null) {
    throw new DynoError("USAGE", {
      message: `\`--join\` needs an address and a port${options.join === undefined ? "" : `, and has \`${options.join}\``}.`,
      hint: "Give it what the run prints while it waits, such as `--join 10.0.0.5:7483`.",
    });
  }
  const patienceMs = parseDurationMs(options.wait);
  if (patienceMs === null) {
    throw new DynoError("USAGE", {
      message: `\`--wait\` needs a duration, and has \`${options.wait}\`.`,
      hint: "Such as `--wait 10min`.",
    });
  }
  const ca = options["tls-ca"];
  return {
    join,
    token: readWorkerToken({
      file: options["token-file"] ?? null,
      environment: io.environment,
      who: "A worker",
      option: "`--token-file`",
    }),
    authorities: ca === undefined ? null : readFile(ca),
    name: options.name ?? hostname(),
    version: PGDYNO_VERSION,
    workloads: CATALOG.workloads,
    patienceMs,
  };
}
