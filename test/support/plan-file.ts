import { writeFileSync } from "node:fs";
import { rmSync } from "node:fs";
import path from "node:path";
import { makeSite, runProgram, type ProgramResult } from "./program.ts";

/** What the program said of an experiment, with places as `line:column`. */
export interface SaidOfFile extends ProgramResult {
  /** `7:15: …`, in the order of the file; empty where it was taken. */
  readonly faults: readonly string[];
  /** Warnings with a place. */
  readonly warnings: readonly string[];
}

const FILE = "x.yaml";

/** Has the built program plan, or run, an experiment of this text in a folder of its own. */
export async function tryExperiment(
  text: string,
  command: readonly string[] = ["plan"],
  environment: Readonly<Record<string, string>> = {},
): Promise<SaidOfFile> {
  const site = makeSite();
  try {
    writeFileSync(path.join(site, FILE), text);
    const [name, ...options] = command;
    const result = await runProgram(site, [name!, FILE, ...options], environment);
    const lines = `${result.stderr}\n${result.stdout}`.split("\n");
    const placed = lines.flatMap(
      (line) => /^(?:Note: |  )?x\.yaml:(\d+:\d+: .*)$/.exec(line)?.[1] ?? [],
    );
    const isRefused = result.status === 2;
    return { ...result, faults: isRefused ? placed : [], warnings: isRefused ? [] : placed };
  } finally {
    rmSync(site, { recursive: true, force: true });
  }
}
