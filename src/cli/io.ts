/** The terminal, as commands see it. */
export interface Io {
  /** Results: standard output. A line end is added. */
  out(text: string): void;
  /** Errors and progress: standard error. A line end is added. */
  err(text: string): void;
  /** A line that the next one writes over; `null` takes it away. Nothing where nobody watches. */
  status(text: string | null): void;
  /**
   * The line that is written over while something goes on; `null` takes it away. Shown only where a
   * person watches.
   */
  status(line: string | null): void;
  /** True where a person reads standard error as it comes. */
  readonly isInteractive: boolean;
  readonly hasColor: boolean;
  /** Columns of the terminal; 80 where there is none. */
  readonly width: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Carriage return, and erase to the end of the line. */
const CLEAR_LINE = "\r\u001b[K";

/** The terminal of this process. */
export function processIo({ stdout, stderr, env }: NodeJS.Process): Io {
  return {
    out: (text) => void stdout.write(`${text}\n`),
    err: (text) => void stderr.write(`${stderr.isTTY ? CLEAR_LINE : ""}${text}\n`),
    status: (text) => {
      if (!stderr.isTTY) return;
      stderr.write(CLEAR_LINE + (text ?? "").slice(0, (stderr.columns ?? 80) - 1));
    },
    isInteractive: stderr.isTTY,
    hasColor: wantsColor(env, stdout.isTTY),
    width: stdout.columns ?? 80,
    environment: env,
  };
}

/**
 * `NO_COLOR` wins, then `FORCE_COLOR`, then whether a person is watching.
 *
 * @see https://no-color.org
 */
export function wantsColor(env: Io["environment"], isTerminal: boolean): boolean {
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  const force = env["FORCE_COLOR"] ?? "";
  if (force !== "") return force !== "0" && force !== "false";
  return isTerminal && env["TERM"] !== "dumb";
}

const SGR = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

/** The text in a colour where the terminal shows colours. */
export function paint(io: Pick<Io, "hasColor">, color: keyof typeof SGR, text: string): string {
  return io.hasColor ? `\u001b[${SGR[color]}m${text}\u001b[0m` : text;
}
