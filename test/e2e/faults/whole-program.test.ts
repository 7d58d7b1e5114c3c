import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { CATALOG } from "../../../src/cli/catalog.ts";
import { collectGarbage } from "../../../src/engine/collect-garbage.ts";
import { readJournals } from "../../../src/engine/journal.ts";
import { findServerProcesses } from "../../../src/lib/postgresql-server-processes.ts";

const PROGRAM = fileURLToPath(new URL("./whole-program.ts", import.meta.url));

test("after kill -9 of a program with a cluster and four faults in force, gc leaves nothing", async () => {
  const stateDirectory = await mkdtemp("/tmp/pgdyno-state-");
  const child = spawn(process.execPath, ["--import", "tsx", PROGRAM, stateDirectory], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  try {
    const applied: string[] = [];
    let directories: readonly string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith("applied ")) applied.push(line.slice("applied ".length));
      if (!line.startsWith("all ")) continue;
      directories = JSON.parse(line.slice("all ".length)) as string[];
      break;
    }
    child.kill("SIGKILL");
    await ended;
    expect(applied).toMatchObject([
      "the WAL stream from pg1 to pg2 is cut",
      "stopped pg3",
      "the archive keeps every file waiting",
      expect.stringMatching(/^froze WAL receiver \d+ of pg2$/),
    ]);
    const [left] = readJournals(stateDirectory);
    expect(left!.alive).toBe(false);
    const undone = await collectGarbage(left!, CATALOG.undoers);
    expect(undone.filter(({ error }) => error !== null)).toEqual([]);
    expect(directories).toHaveLength(3);
    for (const directory of directories) {
      expect(findServerProcesses(directory)).toEqual([]);
      expect(existsSync(directory)).toBe(false);
    }
    expect(readJournals(stateDirectory)).toEqual([]);
  } finally {
    child.kill("SIGKILL");
    await ended;
    for (const left of readJournals(stateDirectory)) await collectGarbage(left, CATALOG.undoers);
    await rm(stateDirectory, { recursive: true, force: true });
  }
});
