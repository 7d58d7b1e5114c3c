/** Who a process runs as; `null` keeps the caller's. */
export interface ProcessUser {
  readonly uid: number;
  readonly gid: number;
}

/** How a program is started. */
export interface SpawnOptions {
  readonly cwd?: string;
  /** Replaces the environment. Never put a secret here: use a password file. */
  readonly env?: Readonly<Record<string, string>>;
  readonly user?: ProcessUser | null;
  /** Ends the process: SIGTERM, then SIGKILL after 5 s. */
  readonly signal?: AbortSignal;
  /** Files that get the untouched output as well, appended. */
  readonly stdoutFile?: string;
  readonly stderrFile?: string;
  readonly input?: string;
}

/** How a program ended. */
export interface ProcessExit {
  /** `null` where a signal ended it. */
  readonly status: number | null;
  readonly signal: string | null;
  /** User and system CPU of the process and its waited-for children; `null` where not readable. */
  readonly cpuMs: number | null;
  /** The last 64 kB of standard error. */
  readonly stderrTail: string;
}

/** A program at work, in a process group of its own. */
export interface RunningProcess {
  readonly pid: number;
  /** Lines of standard output and standard error in the order in which they came. */
  readonly lines: AsyncIterable<{ readonly from: "stdout" | "stderr"; readonly text: string }>;
  readonly exit: Promise<ProcessExit>;
  kill(signal: NodeJS.Signals): void;
}

/** How a program ended, and what it printed. */
export interface ProcessResult extends ProcessExit {
  readonly stdout: string;
}

/** Starts programs. Every process that it starts is ended when the run comes down. */
export interface Processes {
  spawn(file: string, args: readonly string[], options?: SpawnOptions): RunningProcess;
  /** Runs to the end and gives the output. Does not throw on a status other than 0. */
  run(file: string, args: readonly string[], options?: SpawnOptions): Promise<ProcessResult>;
  /** The path of a program on PATH or in one of the extra folders; `null` where there is none. */
  find(name: string, extraDirectories?: readonly string[]): Promise<string | null>;
}
