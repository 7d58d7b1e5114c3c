import { mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import type { PrepareContext } from "../../contracts/workload.ts";
import { DynoError } from "../../lib/errors.ts";
import { initializeArguments } from "./arguments.ts";
import { connectionEnvironment } from "./connection.ts";
import { lastErrorOf } from "./last-error.ts";
import { findPgbench } from "./find-pgbench.ts";
import type { PgbenchOptions } from "./options.ts";
import { requireFeatures } from "./require-features.ts";
import { requireScale } from "./require-scale.ts";
import { scriptsOf } from "./scripts.ts";

const TUPLES = /^(\d+) of (\d+) tuples \((\d+)%\) (?:of \S+ )?done/;

/**
 * The share of the rows that are there, 0 to 1; `null` for a line about something else.
 *
 * @see https://www.postgresql.org/docs/current/pgbench.html#PGBENCH-OPTION-QUIET
 */
export function parseFilledShare(line: string): number | null {
  const match = TUPLES.exec(line);
  if (match === null) return null;
  const all = Number(match[2]);
  return all === 0 ? 1 : Number(match[1]) / all;
}

/**
 * Makes and fills pgbench's tables. Nothing to do where the user has tables of his own.
 *
 * @throws {DynoError} TOOL_MISSING, TOOL_TOO_OLD, LOAD_FAILED
 */
export async function prepareTables(context: PrepareContext<PgbenchOptions>): Promise<void> {
  const { options, processes, target, signal } = context;
  if (!options.initialize) return;
  const pgbench = await findPgbench(processes, target.binDirectory);
  await requireFeatures(pgbench, scriptsOf(options, process.cwd()));
  const scale = await requireScale(options, target, signal);
  const stderrFile = context.rawFile("pgbench-initialize.stderr");
  const directory = await mkdtemp(path.join(context.scratchDirectory, "pgbench-"));
  try {
    const program = processes.spawn(pgbench.path, initializeArguments(pgbench, options, scale), {
      env: await connectionEnvironment(target.loadEndpoint, directory),
      signal,
      stderrFile,
    });
    for await (const { text } of program.lines) {
      const share = parseFilledShare(text);
      if (share !== null) context.onProgress(share);
      else if (/^(?:vacuuming|creating primary keys|creating foreign keys)/.test(text)) {
        context.say(text.replace(/\.+$/, ""));
      }
    }
    const exit = await program.exit;
    signal.throwIfAborted();
    if (exit.status !== 0) {
      throw new DynoError("LOAD_FAILED", {
        tool: "pgbench",
        doing: "filling its tables",
        because: lastErrorOf(exit),
        path: stderrFile,
      });
    }
    context.onProgress(1);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
