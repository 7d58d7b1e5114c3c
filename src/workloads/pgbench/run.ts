import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import type { LoadContext, WorkloadOutcome } from "../../contracts/workload.ts";
import { DynoError } from "../../lib/errors.ts";
import { randomFrom } from "../../lib/random.ts";
import { loadArguments } from "./arguments.ts";
import { collectErrors } from "./collect-errors.ts";
import { connectionEnvironment } from "./connection.ts";
import { followCpu, readProcessCpuMs, type CpuUsage } from "./cpu-usage.ts";
import { digestLog, type LogDigest } from "./digest-log.ts";
import { endEarly } from "./end-early.ts";
import { findPgbench, type Pgbench } from "./find-pgbench.ts";
import { threadsOf, type PgbenchOptions } from "./options.ts";
import { mendScripts } from "./mend-scripts.ts";
import { toOutcome } from "./outcome.ts";
import { LogLineError } from "./parse-log.ts";
import { readCommands } from "./read-commands.ts";
import { watchOutput } from "./watch-output.ts";
import { requireFeatures } from "./require-features.ts";
import { requireScale } from "./require-scale.ts";
import { scriptsOf, type Script } from "./scripts.ts";
import { tailLogs, type LogTail } from "./tail-logs.ts";

/** How often the growing log is read. */
const READ_EVERY_MS = 250;
const MAX_SEED = 2 ** 31 - 1;

type Context = LoadContext<PgbenchOptions>;

/**
 * Puts the load on and tells of each second as pgbench logged it.
 *
 * @throws {DynoError} TOOL_MISSING, TOOL_TOO_OLD, LOAD_FAILED, LOAD_OUTPUT_UNREADABLE
 */
export async function runLoad(context: Context): Promise<WorkloadOutcome> {
  const pgbench = await findPgbench(context.processes, context.target.binDirectory);
  const directory = await mkdtemp(path.join(context.scratchDirectory, "pgbench-"));
  try {
    const own = scriptsOf(context.options, process.cwd());
    await requireFeatures(pgbench, own);
    const scripts = await mendScripts(own, directory);
    return await runIn(directory, context, pgbench, scripts);
  } catch (error) {
    if (!(error instanceof LogLineError)) throw error;
    const facts = { tool: "pgbench", line: error.line, path: context.rawFile("pgbench.stderr") };
    throw new DynoError("LOAD_OUTPUT_UNREADABLE", facts, { cause: error });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function runIn(
  directory: string,
  context: Context,
  pgbench: Pgbench,
  scripts: readonly Script[],
): Promise<WorkloadOutcome> {
  const { options, clock, processes, clients, rateTps, durationMs, seed } = context;
  const threads = threadsOf(options, clients, availableParallelism());
  const logDirectory = path.join(directory, "logs");
  await mkdir(logDirectory);
  const isOwn = options.scripts !== undefined;
  const scale = isOwn ? await requireScale(options, context.target, context.signal) : null;
  const size = {
    clients,
    threads,
    durationMs,
    rateTps,
    seed,
    defaultSeed: seedOfHashes(context),
    scale,
  };
  const args = loadArguments(pgbench, options, scripts, size, path.join(logDirectory, "log"));
  const env = await connectionEnvironment(context.target.loadEndpoint, directory);

  context.signal.throwIfAborted();
  const begins = await context.whenToStart?.();
  if (begins !== undefined) await clock.sleep(Math.max(0, begins - clock.now()), context.signal);
  const startMs = clock.now();
  const program = processes.spawn(pgbench.path, args, {
    env,
    stdoutFile: context.rawFile("pgbench.stdout"),
    stderrFile: context.rawFile("pgbench.stderr"),
  });
  // pgbench does not say when its clients are connected. Its time runs from here, and so the window
  // lies within the load; connecting falls into the warm-up.
  context.onStart();
  const early = endEarly(program, context.signal, clock);
  const cpu = followCpu(startMs, () => readProcessCpuMs(program.pid));
  const digest = digestLog({
    threads,
    scripts: scripts.map(({ name }) => name),
    openLoop: rateTps !== null,
    startMs,
    epochMs: clock.epochMs,
    now: () => clock.now(),
    onFailure: (error) => context.onError(error),
    onSecond: (second) =>
      context.onInterval({
        ...second,
        eventLoopDelayMsP99: null,
        generatorCores: cpu.coresBetween(second.atMs - second.intervalMs, second.atMs),
      }),
  });
  const columns = { lag: rateTps !== null, retries: options.maxTries > 1 };
  const collector = collectErrors(await readCommands(scripts), (error) => context.onError(error));
  const tail = tailLogs(logDirectory, columns, digest.sinks, processes);
  try {
    const reading = follow(tail, digest, cpu, context, program.exit);
    const [output, endMs] = await Promise.all([
      watchOutput(program.lines, digest, collector, context),
      reading,
    ]);
    digest.giveRest(endMs);
    const exit = await program.exit;
    return toOutcome({
      exit,
      output,
      errors: [...collector.errors(), ...digest.failures()],
      totals: digest.totals,
      scripts,
      threads,
      clients,
      rateTps,
      durationMs,
      wasEndedEarly: early.wasEnded(),
      generatorCpuMs: Math.max(exit.cpuMs ?? 0, cpu.totalMs() ?? 0) || null,
      outputPath: context.rawFile("pgbench.stderr"),
    });
  } finally {
    await early.stop();
    await tail.close();
  }
}

/** Every part of a load hashes alike, as the clients of one pgbench do. */
function seedOfHashes({ part }: Context): number | null {
  if (part === undefined) return null;
  return randomFrom(part.whole.seed).fork("default_seed").integer(0, MAX_SEED);
}

/** Reads the log until pgbench has gone, and once more. @returns when it had gone. */
async function follow(
  tail: LogTail,
  digest: LogDigest,
  cpu: CpuUsage,
  { clock }: Context,
  exit: Promise<unknown>,
): Promise<number> {
  const ended = exit.then(
    () => clock.now(),
    () => clock.now(), // Whoever awaits `exit` itself gets the error.
  );
  for (;;) {
    const endMs = await Promise.race([ended, clock.sleep(READ_EVERY_MS)]);
    cpu.sample(clock.now());
    await tail.read();
    if (typeof endMs === "number") return endMs;
    digest.giveComplete();
  }
}
