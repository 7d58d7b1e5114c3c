import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Journal } from "../contracts/context.ts";
import { undoEntry } from "../contracts/undoer.ts";
import { removeDirectoryUndoer } from "../undoers/remove-directory.ts";

/** A folder for files that must not outlive what this process does. */
export interface Scratch {
  readonly directory: string;
  remove(): Promise<void>;
}

/** Makes it, with its removal in the journal. */
export async function makeScratch(journal: Journal): Promise<Scratch> {
  const directory = mkdtempSync(path.join(tmpdir(), "pgdyno-"));
  const strike = await journal.enter(undoEntry(removeDirectoryUndoer, { path: directory }));
  return {
    directory,
    async remove() {
      rmSync(directory, { recursive: true, force: true });
      await strike();
    },
  };
}

/** How this very program was started, for processes that must be the same one. */
export function programCommand(): string[] {
  return [process.execPath, ...process.execArgv, process.argv[1]!];
}
