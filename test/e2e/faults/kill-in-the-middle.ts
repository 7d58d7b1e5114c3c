import type { TargetHandle } from "../../../src/contracts/target-handle.ts";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { CATALOG } from "../../../src/cli/catalog.ts";
import type { UndoEntry } from "../../../src/contracts/undoer.ts";
import { collectGarbage, type Undone } from "../../../src/engine/collect-garbage.ts";
import { readJournals } from "../../../src/engine/journal.ts";
import { listMembers } from "./find-member.ts";
import type { ChildScene } from "./apply-in-child.ts";

const CHILD = fileURLToPath(new URL("./apply-in-child.ts", import.meta.url));

/** A program that applied a fault and was killed with SIGKILL right after. */
export interface KilledProgram {
  /** What the fault said of itself. */
  readonly text: string;
  /** What its journal holds, newest first. */
  readonly left: readonly UndoEntry[];
  /** As `pgdyno gc` does it. */
  gc(): Promise<readonly Undone[]>;
}

export interface FaultToLeave {
  readonly fault: string;
  readonly on: string;
  readonly options?: unknown;
  readonly timeLimitMs?: number;
}

/** Lets another process apply a fault to this process's cluster, and kills it with the fault in force. */
export async function withKilledProgram(
  handle: TargetHandle,
  { fault, on, options = {}, timeLimitMs = 60_000 }: FaultToLeave,
  work: (killed: KilledProgram) => Promise<void>,
): Promise<void> {
  const stateDirectory = await mkdtemp("/tmp/pgdyno-state-");
  const members = listMembers(handle);
  const { password, ...admin } = handle.adminEndpoint!;
  const scene: ChildScene = {
    fault,
    options,
    on,
    timeLimitMs,
    stateDirectory,
    members,
    admin: { ...admin, password: password!.reveal() },
  };
  const child = spawn(process.execPath, ["--import", "tsx", CHILD], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  try {
    child.stdin.end(JSON.stringify(scene));
    let text = "";
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith("applied ")) text = line.slice("applied ".length);
      if (text !== "") break;
    }
    child.kill("SIGKILL");
    await ended;
    const gc = async () => {
      const [left] = readJournals(stateDirectory);
      return left === undefined ? [] : collectGarbage(left, CATALOG.undoers);
    };
    const [journal] = readJournals(stateDirectory);
    try {
      await work({ text, left: journal!.entries.map(({ entry }) => entry), gc });
    } finally {
      await gc(); // Whatever a failed test left.
    }
  } finally {
    child.kill("SIGKILL");
    await rm(stateDirectory, { recursive: true, force: true });
  }
}
