import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PROGRAM = path.join(ROOT, "bin", "pgdyno");

export interface ProgramResult {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningProgram {
  readonly pid: number;
  readonly ended: Promise<ProgramResult>;
  /** Resolves once standard error holds the text. */
  untilItSays(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

/** A folder of a test's own: records and journals lie in it. */
export function makeSite(): string {
  return mkdtempSync(path.join(tmpdir(), "pgdyno-e2e-"));
}

/** Starts the built program as a user would, in the folder `site`. */
export function startProgram(
  site: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): RunningProgram {
  const child = spawn(PROGRAM, args, {
    cwd: site,
    env: { ...process.env, PGDYNO_STATE: path.join(site, "state"), NO_COLOR: "1", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  const waiting: { readonly text: string; readonly resolve: () => void }[] = [];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
    for (const { text, resolve } of waiting) if (stderr.includes(text)) resolve();
  });
  const ended = new Promise<ProgramResult>((resolve) => {
    child.once("close", (status, signal) => resolve({ status, signal, stdout, stderr }));
  });
  return {
    pid: child.pid!,
    ended,
    untilItSays: (text) =>
      Promise.race([
        new Promise<void>((resolve) => {
          if (stderr.includes(text)) resolve();
          else waiting.push({ text, resolve });
        }),
        ended.then(() => {
          throw new Error(`It ended without saying "${text}":\n${stderr}`);
        }),
      ]),
    kill: (signal) => void child.kill(signal),
  };
}

/** Runs the built program to its end. */
export function runProgram(
  site: string,
  args: readonly string[],
  environment?: Readonly<Record<string, string>>,
): Promise<ProgramResult> {
  return startProgram(site, args, environment).ended;
}
