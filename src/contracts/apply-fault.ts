import { messageOf } from "../lib/errors.ts";
import type { RunningProcess } from "../lib/processes.ts";
import type { GuardScript } from "./undoer.ts";
import type { AppliedFault, FaultContext } from "./fault.ts";
import type { Precaution, Secure } from "./precaution.ts";

/** A precaution that is in place. */
interface Secured {
  undo(): Promise<void>;
}

/**
 * Applies a fault: journal first, then the guard that enforces the time limit, then the breaking.
 * What was broken is undone in reverse order; where the breaking itself fails, at once.
 *
 * The time limit is kept by this process too, for what only it can undo.
 *
 * @param breakIt breaks things, each after its precaution; resolves with a sentence for the record
 * once it is seen to be in force.
 * @throws what `breakIt` threw.
 */
export async function applyFault(
  context: FaultContext<unknown>,
  breakIt: (secure: Secure) => Promise<string>,
): Promise<AppliedFault> {
  const secured: Secured[] = [];
  const limit = new AbortController();
  let healing: Promise<void> | null = null;
  const heal = () => {
    healing ??= undoAll(secured)
      .then(() => limit.abort())
      .finally(() => (healing = null));
    return healing;
  };
  try {
    const text = await breakIt(async (precaution) => {
      secured.unshift(await secure(context, precaution));
    });
    const appliedAtMs = context.clock.now();
    void healAtLimit(context, heal, limit.signal);
    return { appliedAtMs, text, heal };
  } catch (error) {
    await heal().catch((left: unknown) => {
      const text = "The fault was half applied, and is not undone.";
      throw new AggregateError([error, left], text, { cause: left });
    });
    throw error;
  }
}

async function secure(
  context: FaultContext<unknown>,
  { entry, undo, guard }: Precaution,
): Promise<Secured> {
  const strike = entry === null ? null : await context.journal.enter(entry);
  const watch = guard === undefined ? null : startGuard(context, guard);
  return {
    async undo() {
      await undo();
      watch?.kill("SIGKILL");
      await strike?.();
    },
  };
}

/** What could be undone is forgotten, so that a second call tries only the rest. */
async function undoAll(secured: Secured[]): Promise<void> {
  const left: Secured[] = [];
  const errors: unknown[] = [];
  for (;;) {
    const next = secured.shift();
    if (next === undefined) break;
    await next.undo().catch((error: unknown) => {
      left.push(next);
      errors.push(error);
    });
  }
  secured.push(...left);
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors);
}

/**
 * `sh` alone sleeps and then undoes: it needs nothing of this program, is in a process group of its
 * own, and says nothing that a closed pipe could keep it from.
 */
function startGuard(
  { processes, timeLimitMs }: FaultContext<unknown>,
  { script, args }: GuardScript,
): RunningProcess {
  const wait = String(timeLimitMs / 1000);
  return processes.spawn("sh", [
    "-c",
    `exec >/dev/null 2>&1; sleep "$1"; shift; ${script}`,
    "pgdyno-guard",
    wait,
    ...args,
  ]);
}

async function healAtLimit(
  { clock, timeLimitMs, say }: FaultContext<unknown>,
  heal: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const isOver = await clock.sleep(timeLimitMs, signal).then(
    () => true,
    () => false, // Healed before.
  );
  if (!isOver || signal.aborted) return;
  say("the fault's time limit is over, and it is healed");
  await heal().catch((error: unknown) => {
    say(`the fault could not be healed: ${messageOf(error)}`); // Its entries stay in the journal.
  });
}
