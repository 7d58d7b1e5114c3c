import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { signalProcess } from "./signal-process.ts";

/** Programs of ours that copy for long, and that nobody else points at a folder of ours. */
const PROGRAMS: readonly string[] = ["cp", "pgbackrest"];
const LOOK_MS = 10;
const GONE_MS = 5000;

/**
 * Programs that copy to or from below this folder: `cp`, and pgBackRest, whose asynchronous archiving
 * sets itself free of the server that started it. Told by their arguments; none can be told off Linux.
 */
export function findCopying(directory: string): readonly number[] {
  if (process.platform !== "linux") return [];
  const below = `${path.resolve(directory)}/`;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const [program = "", ...args] = argumentsOf(pid);
      return PROGRAMS.includes(path.basename(program)) && args.some((arg) => arg.includes(below));
    })
    .map(Number);
}

/** Ends them, and returns when none is left. @throws where some do not end. */
export async function endCopying(directory: string): Promise<void> {
  const deadlineMs = performance.now() + GONE_MS;
  for (;;) {
    const left = findCopying(directory);
    if (left.length === 0) return;
    for (const pid of left) signalProcess(pid, "SIGKILL");
    if (performance.now() > deadlineMs) {
      throw new Error(`processes ${left.join(", ")} that copy in ${directory} do not end`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function argumentsOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return []; // It has just ended.
  }
}
