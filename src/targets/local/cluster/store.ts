import { open, readFile, type FileHandle } from "node:fs/promises";
import type { DesiredState } from "./desired-state.ts";

/**
 * The one place where the desired state stands: a file that outlives a crash of ours. Each state is a
 * line that is appended and synced; the last whole one counts. That costs one sync, where replacing the
 * file would cost two, and a failover waits for it.
 */
export interface Store {
  current(): DesiredState;
  /**
   * Changes it, one change after the other; resolves when it is on disk. Those who listen are told
   * then, too, or with `actFirst` before: for what does no harm if nobody remembers it.
   */
  change(
    make: (state: DesiredState) => DesiredState,
    options?: { readonly actFirst?: boolean },
  ): Promise<DesiredState>;
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}

/** Begins a new store with this state. */
export async function createStore(file: string, initial: DesiredState): Promise<Store> {
  const log = await open(file, "ax", 0o600);
  await append(log, initial);
  return storeOf(stateLog(log), initial);
}

/** Goes on with what stands in the file. */
export async function openStore(file: string): Promise<Store> {
  const lines = (await readFile(file, "utf8")).split("\n").map(parseOrNull);
  const state = lines.findLast((line) => line !== null);
  if (state === undefined || state === null) throw new Error(`${file} holds no state.`);
  const log = await open(file, "a", 0o600);
  await log.write("\n"); // Whatever a crash cut short ends here.
  return storeOf(stateLog(log), state);
}

/** Where states are appended. */
export interface StateLog {
  /** Resolves when it is on disk. */
  append(state: DesiredState): Promise<void>;
  close(): Promise<void>;
}

/** A store that begins with a state which stands in its log already. */
export function storeOf(log: StateLog, initial: DesiredState): Store {
  let state = initial;
  let last: Promise<unknown> = Promise.resolve();
  const listeners = new Set<() => void>();
  return {
    current: () => state,
    change(make, { actFirst = false } = {}) {
      const take = (next: DesiredState) => {
        state = next;
        for (const listener of listeners) listener();
      };
      const changing = last.then(async () => {
        const next = make(state);
        if (next === state) return state;
        if (actFirst) take(next);
        await log.append(next);
        if (!actFirst) take(next);
        return next;
      });
      last = changing.catch(() => undefined); // Its caller sees it; the next change goes on.
      return changing;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      await last;
      await log.close();
    },
  };
}

function stateLog(log: FileHandle): StateLog {
  return { append: (state) => append(log, state), close: () => log.close() };
}

async function append(log: FileHandle, state: DesiredState): Promise<void> {
  await log.write(`${JSON.stringify(state)}\n`);
  await log.datasync();
}

function parseOrNull(line: string): DesiredState | null {
  try {
    return JSON.parse(line) as DesiredState;
  } catch {
    return null; // Cut short by a crash: nobody acted on it.
  }
}
