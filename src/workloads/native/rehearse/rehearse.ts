import {
  NOTHING_REHEARSED,
  type Rehearsal,
  type RehearsalError,
  type RehearseContext,
} from "../../../contracts/rehearsal.ts";
import { sessionAttributesOf } from "../../../lib/endpoint.ts";
import { protocolOf } from "../../../lib/pgbench-options.ts";
import { parseScript } from "../../../lib/pgbench-script/parse-script.ts";
import { planUndo } from "../../../lib/pgbench-script/undo-script.ts";
import { NO_COPY_DATA } from "../load/client.ts";
import type { LoadScript } from "../load/load-settings.ts";
import type { NativeOptions } from "../options.ts";
import { SQLSTATE } from "../tell-errors.ts";
import { isCertain, mayComeFromBlock } from "./certain-errors.ts";
import {
  rehearseScript,
  type RehearsalPlan,
  type RehearsedScript,
  type ScriptRun,
  type SeenError,
} from "./rehearse-script.ts";

const CONNECT_TIMEOUT_MS = 5000;
/** A script may be an hour's report: what is not done by then is tried no further. */
const LIMIT_MS = 20_000;
/** What ends a client ends the load: so often it must come, with other numbers each time, to be no chance. */
const TRIES = 3;

interface ScriptRehearsal {
  readonly errors: readonly RehearsalError[];
  readonly notes: readonly string[];
}

/** Runs each of the user's scripts once, by one client, and undoes it where that can be done. */
export async function rehearseNative(
  context: RehearseContext<NativeOptions>,
  scripts: readonly LoadScript[],
  startVariables: Readonly<Record<string, string>>,
): Promise<Rehearsal> {
  const { options, target, signal } = context;
  if (options.scripts === undefined) return NOTHING_REHEARSED;
  const plan = {
    endpoint: target.loadEndpoint,
    sessionAttributes: sessionAttributesOf(target.loadEndpoint),
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    limitMs: LIMIT_MS,
    signal,
  };
  const rehearsals: ScriptRehearsal[] = [];
  for (const { name, text, weight } of scripts) {
    if (weight === 0) continue;
    const parsed = parseScript(name, text);
    const script = { parsed, protocol: protocolOf(options), variables: startVariables };
    rehearsals.push(await rehearseOne(script, { ...plan, seed: BigInt(context.seed) }));
  }
  return {
    errors: rehearsals.flatMap(({ errors }) => errors),
    notes: rehearsals.flatMap(({ notes }) => notes),
  };
}

async function rehearseOne(
  script: RehearsedScript,
  plan: Omit<RehearsalPlan, "undoing">,
): Promise<ScriptRehearsal> {
  const { name, commands } = script.parsed;
  let undoing = planUndo(commands);
  let run = await rehearseScript(script, { ...plan, undoing });
  if (undoing.how === "around" && run.is === "failed" && mayComeFromBlock(run.error.code)) {
    undoing = { how: "not", because: "it cannot run within a transaction block" };
    run = await rehearseScript(script, { ...plan, undoing });
  }
  const stays =
    undoing.how === "not"
      ? [`${name} was run once before the load and not rolled back: ${undoing.because}.`]
      : [];
  if (run.is === "ok") return { errors: [], notes: stays };
  if (run.is === "late") return { errors: [], notes: [...stays, tellLate(name, run.error)] };
  const isSure =
    isCertain(run.error.code) ||
    run.error.message.includes(NO_COPY_DATA) ||
    (run.endsClient && (await failsAgain(run, script, { ...plan, undoing })));
  return { errors: [describe(run.error, name, isSure)], notes: stays };
}

/** True where further tries, each with numbers of its own, end at the same error. */
async function failsAgain(
  first: ScriptRun & { is: "failed" },
  script: RehearsedScript,
  plan: RehearsalPlan,
): Promise<boolean> {
  for (let tried = 1; tried < TRIES; tried++) {
    const run = await rehearseScript(script, { ...plan, seed: plan.seed + BigInt(tried) });
    if (run.is !== "failed" || run.error.message !== first.error.message) return false;
  }
  return true;
}

function tellLate(name: string, error: SeenError | null): string {
  const where = error?.line == null ? "" : `: it was at line ${error.line}`;
  return `${name} was not tried to its end before the load, since it takes longer than ${LIMIT_MS / 1000} s${where}.`;
}

function describe(error: SeenError, script: string, isSure: boolean): RehearsalError {
  const { code, message, hint = null, line, statement } = error;
  const sqlState = SQLSTATE.test(code) ? code : null;
  const text = statement?.text ?? null;
  return { sqlState, message, hint, script, line, statement: text, isCertain: isSure };
}
