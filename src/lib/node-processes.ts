import { createWriteStream, readFileSync } from "node:fs";
import { access, constants } from "node:fs/promises";
import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import type {
  ProcessExit,
  ProcessResult,
  Processes,
  RunningProcess,
  SpawnOptions,
} from "./processes.ts";
import { signalProcess } from "./signal-process.ts";

/** How long a program may take to follow SIGTERM before it gets SIGKILL. */
const TERM_GRACE_MS = 5000;
const STDERR_TAIL_CHARS = 65_536;
/** How often the CPU of a running program is read; what it used after the last look is not counted. */
const CPU_LOOK_MS = 250;
/** `USER_HZ`: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html; 100 on every Linux that Node supports. */
const CLOCK_TICK_MS = 10;

/**
 * Programs of this machine, each in a process group of its own, so that Ctrl-C in the terminal
 * reaches only pgdyno and the order of ending things is ours.
 */
export function nodeProcesses(): Processes {
  return { spawn: startProgram, run: runProgram, find: findProgram };
}

function startProgram(
  file: string,
  args: readonly string[],
  options: SpawnOptions = {},
): RunningProcess {
  const child = spawn(file, args, {
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: { ...options.env } }),
    ...(options.user === undefined || options.user === null ? {} : options.user),
  });
  const pid = child.pid;
  let stderrTail = "";
  let cpuMs: number | null = null;
  const queue = lineQueue();
  const look = setInterval(() => {
    cpuMs = pid === undefined ? null : (readCpuMs(pid) ?? cpuMs);
  }, CPU_LOOK_MS);
  look.unref();

  child.stdin.on("error", ignoreBrokenPipe);
  child.stdin.end(options.input ?? "");
  copyTo(child.stdout, options.stdoutFile);
  copyTo(child.stderr, options.stderrFile);
  child.stderr.on("data", (chunk: Buffer) => {
    stderrTail = (stderrTail + chunk.toString()).slice(-STDERR_TAIL_CHARS);
  });
  const readers = (["stdout", "stderr"] as const).map((from) => {
    const reader = createInterface({ input: child[from], crlfDelay: Infinity });
    reader.on("line", (text) => queue.push({ from, text }));
    return new Promise<void>((resolve) => reader.once("close", resolve));
  });

  const kill = (signal: NodeJS.Signals) => {
    if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    killGroup(pid, signal);
  };
  let hardKill: NodeJS.Timeout | undefined;
  const onAbort = () => {
    kill("SIGTERM");
    hardKill = setTimeout(() => kill("SIGKILL"), TERM_GRACE_MS);
  };
  if (options.signal?.aborted === true) onAbort();
  else options.signal?.addEventListener("abort", onAbort, { once: true });

  const exit = new Promise<ProcessExit>((resolve, reject) => {
    const settle = () => {
      clearInterval(look);
      clearTimeout(hardKill);
      options.signal?.removeEventListener("abort", onAbort);
    };
    child.once("error", (error) => {
      settle();
      queue.end();
      reject(error);
    });
    child.once("close", (status, signal) => {
      settle();
      void Promise.all(readers).then(() => {
        queue.end();
        resolve({ status, signal, cpuMs, stderrTail });
      });
    });
  });
  exit.catch(() => undefined); // Whoever awaits `exit` sees it; nobody has to.
  return { pid: pid ?? -1, lines: queue, exit, kill };
}

async function runProgram(
  file: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<ProcessResult> {
  const program = startProgram(file, args, options);
  const out: string[] = [];
  for await (const { from, text } of program.lines) if (from === "stdout") out.push(text);
  const exit = await program.exit;
  return { ...exit, stdout: out.length === 0 ? "" : `${out.join("\n")}\n` };
}

async function findProgram(
  name: string,
  extraDirectories: readonly string[] = [],
): Promise<string | null> {
  const directories = [...extraDirectories, ...(process.env["PATH"] ?? "").split(path.delimiter)];
  for (const directory of directories) {
    if (directory === "") continue;
    const candidate = path.join(directory, name);
    const found = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return candidate;
  }
  return null;
}

/** Signals the whole group: a program's own children must not outlive it. */
function killGroup(pid: number, signal: NodeJS.Signals): void {
  signalProcess(-pid, signal);
}

/** User and system CPU so far, its waited-for children included; `null` off Linux or when gone. */
function readCpuMs(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0);
    return ticks * CLOCK_TICK_MS;
  } catch {
    return null; // No /proc here, or the program has just ended.
  }
}

function copyTo(stream: NodeJS.ReadableStream, file: string | undefined): void {
  if (file !== undefined) stream.pipe(createWriteStream(file, { flags: "a" }));
}

/** A program that does not read its standard input is no fault of anybody's. */
function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE" && error.code !== "ECONNRESET") throw error;
}

interface Line {
  readonly from: "stdout" | "stderr";
  readonly text: string;
}

/** Lines wait here until somebody reads them; `end` finishes the iteration. */
function lineQueue(): AsyncIterable<Line> & { push(line: Line): void; end(): void } {
  const waiting: Line[] = [];
  let ended = false;
  let wake: (() => void) | undefined;
  const stir = () => {
    wake?.();
    wake = undefined;
  };
  return {
    push(line) {
      waiting.push(line);
      stir();
    },
    end() {
      ended = true;
      stir();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        while (waiting.length > 0) yield waiting.shift()!;
        if (ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
