import type { Processes } from "../lib/processes.ts";

/** How long an ended connection waits for the news of its process, which says more. */
const EXIT_NEWS_MS = 1000;
/** How long a worker that was sent home may take to go. */
const END_MS = 10_000;

/** A worker that is a child of this program. */
export interface LocalWorker {
  readonly name: string;
  readonly pid: number;
  hasJoined: boolean;
  /** `null` while it runs. */
  endedBecause(): string | null;
  /** Why it is lost, with what its process tells. */
  explain(because: string): Promise<string>;
  /** Waits until it has gone, and ends it where it does not go. */
  end(): Promise<void>;
}

export function startLocalWorker(about: {
  readonly name: string;
  readonly command: readonly string[];
  readonly join: string;
  readonly tokenFile: string;
  readonly processes: Processes;
  onEnded(): void;
}): LocalWorker {
  const { name, command, join, tokenFile, processes } = about;
  const [file, ...args] = command as [string, ...string[]];
  const program = processes.spawn(file, [
    ...args,
    "worker",
    "--join",
    join,
    "--token-file",
    tokenFile,
    "--name",
    name,
  ]);
  let ended: string | null = null;
  const exit = program.exit.then(
    ({ status, signal, stderrTail }) => {
      ended =
        signal === null
          ? `its process ${program.pid} ended with status ${status}${tellError(stderrTail, name)}`
          : `its process ${program.pid} was ended by ${signal}`;
      about.onEnded();
    },
    (error: unknown) => {
      ended = `it could not be started: ${String(error)}`;
      about.onEnded();
    },
  );
  const after = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      setTimeout(resolve, ms).unref();
    });
  return {
    name,
    pid: program.pid,
    hasJoined: false,
    endedBecause: () => ended,
    async explain(because) {
      await Promise.race([exit, after(EXIT_NEWS_MS)]);
      return ended ?? because;
    },
    async end() {
      await Promise.race([exit, after(END_MS)]);
      program.kill("SIGKILL");
      await exit;
    },
  };
}

/** The last of what it wrote beside its progress. */
function tellError(stderr: string, name: string): string {
  const lines = stderr.split("\n").filter((line) => line !== "" && !line.startsWith(`${name}: `));
  return lines.length === 0 ? "" : `: ${lines.slice(-2).join(" ").replace(/\.$/, "")}`;
}
