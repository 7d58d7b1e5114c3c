import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Journal } from "../contracts/context.ts";
import type { UndoEntry } from "../contracts/undoer.ts";
import type { Secret } from "../lib/secret.ts";
import {
  isSameProcess,
  processStartOrNull,
  type ProcessIdentity,
} from "../lib/process-identity.ts";
import type { RunState } from "./run-state.ts";

/**
 * What a run has set up and not yet taken down, in a file that outlives the run. Each line is
 * synced before the thing that it undoes is done.
 *
 * ```
 * {"owner": {"pid", "startedAt", "run"}}
 * {"enter": 1, "entry": UndoEntry}
 * {"strike": 1}
 * {"reaper": ProcessIdentity}
 * {"state": RunState}
 * ```
 */
export interface JournalFile extends Journal {
  readonly path: string;
  /** From now on the secrets of entries go to `take`, by the entry's number. */
  handSecretsTo(take: (number: number, secret: Secret) => void): void;
  /** Says who takes the run down should this process be gone. */
  nameReaper(reaper: ProcessIdentity): void;
  /** What another process needs to go on with what is up; the last one counts. */
  keepState(state: RunState): void;
  /** Removes the file where nothing is left in it. */
  close(): void;
}

export interface OpenEntry {
  readonly number: number;
  readonly entry: UndoEntry;
}

export interface LeftBehind {
  readonly path: string;
  readonly run: string;
  /** Of the program that wrote it. */
  readonly pid: number;
  /** Whether the run that wrote it is still at work. */
  readonly alive: boolean;
  /** Whether somebody is taking down what it left. */
  readonly isReaped: boolean;
  /** What could be taken over; `null` where nothing was up yet. */
  readonly state: RunState | null;
  /** Newest first: the order in which they are undone. */
  readonly entries: readonly OpenEntry[];
}

/** `PGDYNO_STATE`, or pgdyno's place under the state folder that XDG names. */
export function stateDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  return (
    environment["PGDYNO_STATE"] ??
    path.join(environment["XDG_STATE_HOME"] ?? path.join(os.homedir(), ".local", "state"), "pgdyno")
  );
}

/** Opens a journal for a run of this process. */
export function openJournal(run: string, directory = stateDirectory()): JournalFile {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = path.join(directory, `${path.basename(run)}-${process.pid}.journal`);
  const owner = { pid: process.pid, startedAt: processStartOrNull(process.pid), run };
  writeFileSync(file, `${JSON.stringify({ owner })}\n`, { flush: true, mode: 0o600 });
  let last = 0;
  let takeSecret: (number: number, secret: Secret) => void = () => {};
  const open = new Set<number>();
  return {
    path: file,
    handSecretsTo(take) {
      takeSecret = take;
    },
    enter: async (entry, secret = null) => {
      last += 1;
      const number = last;
      open.add(number);
      if (secret !== null) takeSecret(number, secret);
      append(file, { enter: number, entry });
      return async () => {
        if (!open.delete(number)) return;
        append(file, { strike: number });
      };
    },
    nameReaper: (reaper) => append(file, { reaper }),
    keepState: (state) => append(file, { state }),
    close: () => {
      if (open.size === 0) rmSync(file, { force: true });
    },
  };
}

/** What earlier runs left behind, and what runs at work now hold. */
export function readJournals(directory = stateDirectory()): LeftBehind[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    return []; // No folder: no run has ever kept a journal here.
  }
  return names
    .filter((name) => name.endsWith(".journal"))
    .map((name) => readJournal(path.join(directory, name)));
}

/** One journal. A last line that a crash cut short was not yet acted on, and is left out. */
export function readJournal(file: string): LeftBehind {
  const open = new Map<number, UndoEntry>();
  let reaper: ProcessIdentity | null = null;
  let state: RunState | null = null;
  let owner: NonNullable<JournalLine["owner"]> = { pid: 0, startedAt: "", run: file };
  for (const line of readFileSync(file, "utf8").split("\n")) {
    const said = parseLine(line);
    if (said.owner !== undefined) owner = said.owner;
    if (said.enter !== undefined && said.entry !== undefined) open.set(said.enter, said.entry);
    if (said.reaper !== undefined) reaper = said.reaper;
    if (said.state !== undefined) state = said.state;
    if (said.strike !== undefined) open.delete(said.strike);
  }
  return {
    path: file,
    run: owner.run,
    pid: owner.pid,
    alive: isSameProcess(owner.pid, owner.startedAt),
    isReaped: reaper !== null && isSameProcess(reaper.pid, reaper.startedAt),
    state,
    entries: [...open].map(([number, entry]) => ({ number, entry })).reverse(),
  };
}

/** Strikes an entry out of a journal whose run is gone; its last line may have been cut short. */
export function strikeOut(file: string, number: number): void {
  appendFileSync(file, `\n${JSON.stringify({ strike: number })}\n`, { flush: true });
}

interface JournalLine {
  readonly owner?: { readonly pid: number; readonly startedAt: string; readonly run: string };
  readonly enter?: number;
  readonly entry?: UndoEntry;
  readonly strike?: number;
  readonly reaper?: ProcessIdentity;
  readonly state?: RunState;
}

/** A line that a crash cut short says nothing: what it announces was not yet done. */
function parseLine(line: string): JournalLine {
  try {
    return JSON.parse(line) as JournalLine;
  } catch {
    return {};
  }
}

function append(file: string, line: object): void {
  appendFileSync(file, `${JSON.stringify(line)}\n`, { flush: true });
}
