import { collectGarbage, describeUndo } from "../engine/collect-garbage.ts";
import { readJournal, readJournals } from "../engine/journal.ts";
import { readReaperInput } from "../engine/reaper.ts";
import { CATALOG } from "./catalog.ts";
import type { ExitStatus } from "./exit-codes.ts";
import type { Io } from "./io.ts";

interface LeftThing {
  readonly run: string;
  readonly what: string;
  /** `kept`: its run is at work. */
  readonly state: "kept" | "found" | "undone" | "failed";
  readonly error: string | null;
}

/** Undoes what dead runs left, or only says what it is. 6 where something could not be undone. */
export async function undoLeft(
  { dryRun, asJson }: { readonly dryRun: boolean; readonly asJson: boolean },
  io: Io,
): Promise<ExitStatus> {
  const things: LeftThing[] = [];
  for (const left of readJournals()) {
    if (left.alive || dryRun) {
      const state = left.alive ? "kept" : "found";
      for (const { entry } of left.entries) {
        things.push({
          run: left.run,
          what: describeUndo(entry, CATALOG.undoers),
          state,
          error: null,
        });
      }
      continue;
    }
    for (const { entry, error } of await collectGarbage(left, CATALOG.undoers)) {
      const state = error === null ? "undone" : "failed";
      things.push({ run: left.run, what: describeUndo(entry, CATALOG.undoers), state, error });
    }
  }
  if (asJson) io.out(JSON.stringify({ left: things }, null, 2));
  else tellThings(things, io);
  return things.some(({ state }) => state === "failed") ? 6 : 0;
}

/**
 * The reaper's work: waits until the run that started it is gone, and takes down what it left. A run
 * that came down by itself says so first.
 */
export async function undoAfterRun(journalPath: string): Promise<ExitStatus> {
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => undefined);
  let said = "";
  for await (const chunk of process.stdin) said += String(chunk);
  const { isDismissed, secrets } = readReaperInput(said);
  if (isDismissed) return 0;
  const results = await collectGarbage(readJournal(journalPath), CATALOG.undoers, secrets);
  return results.some(({ error }) => error !== null) ? 6 : 0;
}

function tellThings(things: readonly LeftThing[], io: Io): void {
  if (things.length === 0) io.out("Nothing is left of earlier runs.");
  for (const { run, what, state, error } of things) {
    const ending = error === null ? "" : `: ${error}`;
    io.out(`${state.padEnd(6)}  ${what}  (${run})${ending}`);
  }
}
