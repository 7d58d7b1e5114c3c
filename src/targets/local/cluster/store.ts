import { open, readFile, rename } from "node:fs/promises";
import path from "node:path";
import type { DesiredState } from "./desired-state.ts";

/** The one place where the desired state stands: a file that outlives a crash of ours. */
export interface Store {
  current(): DesiredState;
  /** Changes it, one after the other; resolves when the change is on disk. */
  change(make: (state: DesiredState) => DesiredState): Promise<DesiredState>;
  /** Told after each change, when it is on disk. */
  onChange(listener: () => void): () => void;
}

/** Begins a new store with this state. */
export async function createStore(file: string, initial: DesiredState): Promise<Store> {
  await save(file, initial);
  return storeOf(file, initial);
}

/** Goes on with what stands in the file. */
export async function openStore(file: string): Promise<Store> {
  return storeOf(file, JSON.parse(await readFile(file, "utf8")) as DesiredState);
}

function storeOf(file: string, initial: DesiredState): Store {
  let state = initial;
  let last: Promise<unknown> = Promise.resolve();
  const listeners = new Set<() => void>();
  return {
    current: () => state,
    change(make) {
      const changing = last.then(async () => {
        const next = make(state);
        if (next === state) return state;
        await save(file, next);
        state = next;
        for (const listener of listeners) listener();
        return next;
      });
      last = changing.catch(() => undefined); // Its caller sees it; the next change goes on.
      return changing;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Whole and on disk, or not there at all. */
async function save(file: string, state: DesiredState): Promise<void> {
  const temporary = `${file}.new`;
  const handle = await open(temporary, "w", 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(state, null, 2)}\n`);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
  const folder = await open(path.dirname(file), "r");
  try {
    await folder.datasync().catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EINVAL") throw error; // File systems that do not sync folders.
    });
  } finally {
    await folder.close();
  }
}
