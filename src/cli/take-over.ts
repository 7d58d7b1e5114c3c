import { realpathSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { PartContext } from "../contracts/context.ts";
import type { Attachment, Target } from "../contracts/target.ts";
import type { UndoEntry } from "../contracts/undoer.ts";
import {
  collectGarbage,
  describeUndo,
  undoEntries,
  type Undone,
} from "../engine/collect-garbage.ts";
import { readJournal, readJournals, type LeftBehind } from "../engine/journal.ts";
import type { TakenOver } from "../engine/run-state.ts";
import { DynoError } from "../lib/errors.ts";
import { CATALOG } from "./catalog.ts";

/** A reaper undoes what is left one by one, each with its patience. */
const REAPED_MS = 120_000;
const LOOK_MS = 200;

/** What became of what an earlier part of a run left. */
export interface LeftHandled {
  /** `null` where nothing could be taken over: the target comes up anew. */
  readonly takenOver: TakenOver | null;
  /** For people: what was found, and why it could not be taken over. Empty where nothing was left. */
  readonly told: readonly string[];
  /** Forgets the journals of the earlier part, once what was taken over stands in this one's. */
  forget(): void;
}

/** The target of the run, with its options. */
export interface TakeOverRequest {
  readonly target: Target;
  readonly options: unknown;
  readonly context: PartContext;
}

/**
 * Refuses a run whose program is still at work.
 *
 * @throws {DynoError} RESUME_RUNNING
 */
export function refuseAtWork(directory: string): void {
  const atWork = journalsOf(directory).find(({ alive }) => alive);
  if (atWork === undefined) return;
  throw new DynoError("RESUME_RUNNING", { path: directory, pid: atWork.pid });
}

/**
 * What an earlier part of this run left, whose program was killed together with its reaper: what the target is
 * made of is taken over where it can be found again, and all else is undone.
 */
export async function handleLeft(
  directory: string,
  request: TakeOverRequest,
): Promise<LeftHandled> {
  await untilReaped(directory);
  const lefts = journalsOf(directory).filter(({ alive }) => !alive);
  const told: string[] = [];
  let takenOver: TakenOver | null = null;
  for (const left of lefts) {
    const own = ownEntries(left);
    const others = left.entries.filter(({ entry }) => !own.has(entry));
    const undone = await undoEntries({ path: left.path, entries: others }, CATALOG.undoers);
    told.push(...tellFailed(undone));
    const answer = own.size === 0 ? null : await attach(left, request);
    if (answer?.is === "attached" && takenOver === null) {
      takenOver = { target: answer.target, data: left.state!.data };
      continue;
    }
    if (answer?.is === "gone") told.push(`What was left up is taken down. ${answer.because}`);
    told.push(...tellFailed(await collectGarbage(readJournal(left.path), CATALOG.undoers)));
  }
  const forget = () => {
    if (takenOver !== null) for (const left of lefts) rmSync(left.path, { force: true });
  };
  return { takenOver, told, forget };
}

function attach({ state }: LeftBehind, request: TakeOverRequest): Promise<Attachment> {
  const { target, options, context } = request;
  return target.attach === undefined
    ? Promise.resolve({ is: "gone", because: `Target \`${target.id}\` cannot be taken over.` })
    : target.attach(state!.target.facts, options, context);
}

/** What the target is made of, where all of it is still up. */
function ownEntries({ state, entries }: LeftBehind): ReadonlySet<UndoEntry> {
  const wanted = state?.target.undoing ?? [];
  const own = wanted.map(
    (one) => entries.find(({ entry }) => isDeepStrictEqual(entry, one))?.entry,
  );
  return new Set(own.every((entry) => entry !== undefined) ? own : []);
}

function tellFailed(undone: readonly Undone[]): readonly string[] {
  return undone.flatMap(({ entry, error }) =>
    error === null ? [] : [`Not undone: ${describeUndo(entry, CATALOG.undoers)}: ${error}`],
  );
}

/** Two that take down and take over at the same time would be in each other's way. */
async function untilReaped(directory: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < REAPED_MS; waitedMs += LOOK_MS) {
    if (!journalsOf(directory).some(({ alive, isReaped }) => !alive && isReaped)) return;
    await sleep(LOOK_MS);
  }
}

function journalsOf(directory: string): readonly LeftBehind[] {
  return readJournals().filter(({ run }) => realPath(run) === realPath(directory));
}

/** A record that is gone has only its name. */
function realPath(folder: string): string {
  try {
    return realpathSync.native(folder);
  } catch {
    return path.resolve(folder);
  }
}
