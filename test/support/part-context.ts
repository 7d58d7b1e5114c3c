import { mkdtemp, rm } from "node:fs/promises";
import type { Journal, PartContext } from "../../src/contracts/context.ts";
import type { UndoEntry } from "../../src/contracts/undoer.ts";
import { systemClock } from "../../src/engine/system-clock.ts";
import { nodeProcesses } from "../../src/lib/node-processes.ts";
import { randomFrom } from "../../src/lib/random.ts";

/** What a part said and entered, beside a context of this machine's own clock and processes. */
export interface TestContext {
  readonly context: PartContext;
  readonly said: readonly string[];
  /** Entries that are not struck out yet. */
  readonly openEntries: () => readonly UndoEntry[];
}

/** Hands `work` a context whose scratch folder lives as long as `work`. */
export async function withPartContext<T>(work: (test: TestContext) => Promise<T>): Promise<T> {
  const scratchDirectory = await mkdtemp("/tmp/pgdyno-scratch-");
  const said: string[] = [];
  const open = new Set<UndoEntry>();
  const journal: Journal = {
    enter(entry) {
      open.add(entry);
      return Promise.resolve(() => {
        open.delete(entry);
        return Promise.resolve();
      });
    },
  };
  const context: PartContext = {
    clock: systemClock(),
    random: randomFrom("test"),
    processes: nodeProcesses(),
    scratchDirectory,
    journal,
    say: (text) => said.push(text),
  };
  try {
    return await work({ context, said, openEntries: () => [...open] });
  } finally {
    await rm(scratchDirectory, { recursive: true, force: true });
  }
}
