import { mkdtemp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import {
  NOTHING_REHEARSED,
  type Rehearsal,
  type RehearsalError,
  type RehearseContext,
} from "../../contracts/rehearsal.ts";
import type { TrialError } from "../../contracts/workload.ts";
import { DynoError } from "../../lib/errors.ts";
import { withConnection } from "../../lib/pg-connection.ts";
import { protocolOf } from "../../lib/pgbench-options.ts";
import { parseScript } from "../../lib/pgbench-script/parse-script.ts";
import { readScriptFile } from "../../lib/pgbench-script/read-script-file.ts";
import { planUndo, type Undoing } from "../../lib/pgbench-script/undo-script.ts";
import { collectErrors } from "./collect-errors.ts";
import { connectionEnvironment } from "./connection.ts";
import { findPgbench, type Pgbench } from "./find-pgbench.ts";
import { lastErrorOf } from "./last-error.ts";
import type { PgbenchOptions } from "./options.ts";
import { commandsOf } from "./read-commands.ts";
import { requireScale } from "./require-scale.ts";
import { scriptsOf } from "./scripts.ts";

/** A script may be an hour's report: what is not done by then is tried no further. */
const LIMIT_MS = 20_000;
/**
 * pgbench ends a client at its first error and does not say its code. So often an error must come, with
 * other numbers each time, to be no chance: a load whose clients all end is none.
 */
const TRIES = 3;
/** What only the transaction around a dry pass causes, as the server words it in English. */
const FROM_BLOCK = /transaction block|invalid transaction termination|within a transaction/i;

const COMMIT = /^(?:commit|end)(?:\s+(?:work|transaction))?/i;

interface Scene {
  readonly context: RehearseContext<PgbenchOptions>;
  readonly pgbench: Pgbench;
  readonly scale: number | null;
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
}

interface TriedScript {
  readonly name: string;
  readonly text: string;
  readonly undoing: Undoing;
  readonly seed: number;
}

/** Runs each of the user's scripts once by pgbench itself, and undoes it where that can be done. */
export async function rehearsePgbench(
  context: RehearseContext<PgbenchOptions>,
): Promise<Rehearsal> {
  const { options, processes, target, signal } = context;
  if (options.scripts === undefined) return NOTHING_REHEARSED;
  const pgbench = await findPgbench(processes, target.binDirectory);
  const directory = await mkdtemp(path.join(context.scratchDirectory, "pgbench-"));
  try {
    const environment = {
      ...(await connectionEnvironment(target.loadEndpoint, directory)),
      // Found by it, should its statement have to be ended.
      PGAPPNAME: `pgdyno dry pass ${context.seed}`,
    };
    const scale = await requireScale(options, target, signal);
    const scene: Scene = { context, pgbench, scale, directory, environment };
    const errors: RehearsalError[] = [];
    const notes: string[] = [];
    for (const [i, { name, file }] of scriptsOf(options, process.cwd()).entries()) {
      if (file === null || options.scripts[i]?.weight === 0) continue;
      const text = await readScriptFile(file);
      await rehearseOne(scene, { name, text }, errors, notes);
    }
    return { errors, notes };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function rehearseOne(
  scene: Scene,
  script: { readonly name: string; readonly text: string },
  errors: RehearsalError[],
  notes: string[],
): Promise<void> {
  const { name, text } = script;
  const { seed } = scene.context;
  let undoing = planUndo(parseScript(name, text).commands);
  let run = await runOnce(scene, { ...script, undoing, seed });
  if (undoing.how === "around" && run.is === "failed" && FROM_BLOCK.test(run.error.message)) {
    undoing = { how: "not", because: "it cannot run within a transaction block" };
    run = await runOnce(scene, { ...script, undoing, seed });
  }
  if (undoing.how === "not") {
    notes.push(`${name} was run once before the load and not rolled back: ${undoing.because}.`);
  }
  if (run.is === "late") {
    notes.push(
      `${name} was not tried to its end before the load, since it takes longer than ${LIMIT_MS / 1000} s.`,
    );
  }
  if (run.is !== "failed") return;
  const { count: _, firstMs: _first, lastMs: _last, ...error } = run.error;
  const isCertain = await failsAgain(scene, { ...script, undoing, seed }, run.error);
  errors.push({ ...error, isCertain });
}

async function failsAgain(scene: Scene, script: TriedScript, first: TrialError): Promise<boolean> {
  for (let tried = 1; tried < TRIES; tried += 1) {
    const run = await runOnce(scene, { ...script, seed: script.seed + tried });
    const isSame =
      run.is === "failed" &&
      run.error.line === first.line &&
      run.error.statement === first.statement;
    if (!isSame) return false;
  }
  return true;
}

type Run = { readonly is: "ok" | "late" } | { readonly is: "failed"; readonly error: TrialError };

async function runOnce(scene: Scene, script: TriedScript): Promise<Run> {
  const { context, pgbench, directory, environment } = scene;
  const { processes, clock, signal, target } = context;
  const file = path.join(directory, "script.sql");
  await writeFile(file, undone(script));
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error("late")), LIMIT_MS);
  const program = processes.spawn(pgbench.path, argumentsFor(scene, file, script.seed), {
    env: environment,
    signal: AbortSignal.any([signal, late.signal]),
  });
  try {
    const scripts = [{ name: script.name, commands: commandsInside(script) }];
    const collector = collectErrors(scripts, () => undefined);
    for await (const { from, text } of program.lines) {
      if (from === "stderr") collector.take(text, clock.now());
    }
    const exit = await program.exit;
    signal.throwIfAborted();
    const [error] = collector.errors();
    if (late.signal.aborted) {
      await endStatement(target.loadEndpoint, environment["PGAPPNAME"]!);
      return { is: "late" };
    }
    if (error !== undefined) return { is: "failed", error };
    if (exit.status === 0) return { is: "ok" };
    throw new DynoError("LOAD_FAILED", {
      tool: "pgbench",
      doing: `trying ${script.name} once`,
      because: lastErrorOf(exit),
      path: script.name,
    });
  } finally {
    clearTimeout(timer);
  }
}

function argumentsFor({ context, scale }: Scene, file: string, seed: number): string[] {
  const { options } = context;
  return [
    "--client=1",
    "--transactions=1",
    "--no-vacuum",
    `--protocol=${protocolOf(options)}`,
    `--random-seed=${Math.abs(Math.trunc(seed))}`,
    ...Object.entries(options.variables).map(([name, value]) => `--define=${name}=${value}`),
    ...(scale === null ? [] : [`--scale=${scale}`]),
    `--file=${file}`,
  ];
}

/** The script with what undoes it. */
function undone({ text, undoing }: TriedScript): string {
  switch (undoing.how) {
    case "around":
      return `BEGIN;\n${text}\n;\nROLLBACK;\n`;
    case "instead-of-commit": {
      const { at } = undoing.commit;
      return text.slice(0, at) + text.slice(at).replace(COMMIT, "ROLLBACK");
    }
    case "not":
      // At the very end, pgbench 15 reads on into the memory behind a variable's name.
      return `${text}\n`;
  }
}

/** Commands as pgbench numbers them in what it is given. */
function commandsInside({ name, text, undoing }: TriedScript) {
  const commands = commandsOf(name, text);
  return undoing.how === "around" ? [{ line: 1, text: "BEGIN" }, ...commands] : commands;
}

const ANSWER_MS = 5000;

/** pgbench is gone, but the server would go on with its statement. */
async function endStatement(
  endpoint: RehearseContext<PgbenchOptions>["target"]["loadEndpoint"],
  applicationName: string,
): Promise<void> {
  const options = { applicationName: "pgdyno-control", timeoutMs: ANSWER_MS };
  await withConnection(endpoint, options, (connection) =>
    connection.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and usename = current_user",
      [applicationName],
    ),
  );
}
