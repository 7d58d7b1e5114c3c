/**
 * Gathers what pgbench says of errors while it runs. It tells each client's last error and then goes
 * on without that client; the lines behind it are the server's: `LINE`, `HINT`, `DETAIL`, `CONTEXT`.
 */
import type { ErrorSeen, TrialError } from "../../contracts/workload.ts";
import { parseClientAborted, type ClientAborted } from "./parse-client-aborted.ts";
import type { ScriptCommands } from "./read-commands.ts";

export interface ErrorCollector {
  /** Takes a line of standard error. @returns the client that it is about; `null` for any other line. */
  take(line: string, atMs: number): ClientAborted | null;
  /** Each kind once, the most frequent first. */
  errors(): TrialError[];
}

/** What pgbench says itself, before it says which client it was about. */
const OWN = /^pgbench: error: (?!client \d)(.*)$/;
const SERVER_SAYS = /^(LINE|HINT|DETAIL|CONTEXT|QUERY)(?: (\d+))?: +(.*)$/;
const SEVERITY = /^(?:ERROR|FATAL|PANIC): +/;
/** Said behind the summary; tells nothing of its own. */
const ENDS = "Run was aborted";

interface Said {
  readonly message: string;
  /** Lines of its statement before the one that it is about. */
  lines: number;
  hint: string | null;
}

type Writable = { -readonly [Key in keyof TrialError]: TrialError[Key] };

/** `tell` is called once for each kind, as soon as all its lines are there. */
export function collectErrors(
  scripts: readonly ScriptCommands[],
  tell: (error: ErrorSeen) => void,
): ErrorCollector {
  const kinds = new Map<string, Writable>();
  /** What was said before the client is named. A statement that cannot be prepared is told so. */
  let own: Said | null = null;
  /** The newest kind, whose further lines may still come. */
  let open: Writable | null = null;

  const close = (): void => {
    if (open !== null) tell(seenOf(open));
    open = null;
  };

  const add = (aborted: ClientAborted, atMs: number): void => {
    const { script, command } = placeOf(aborted, scripts);
    const { message, lines, hint } = own ?? { message: aborted.reason, lines: 0, hint: null };
    own = null;
    const key = `${script} ${command} ${message}`;
    const known = kinds.get(key);
    if (known !== undefined) {
      known.count += 1;
      known.lastMs = atMs;
      return;
    }
    const of = script === null ? undefined : scripts[script];
    const at = command === null ? undefined : of?.commands[command];
    open = {
      sqlState: null,
      message: message.replace(SEVERITY, ""),
      hint,
      script: of?.name ?? null,
      line: at === undefined ? null : at.line + lines,
      statement: at?.text ?? null,
      count: 1,
      firstMs: atMs,
      lastMs: atMs,
    };
    kinds.set(key, open);
  };

  return {
    take(line, atMs) {
      const says = SERVER_SAYS.exec(line);
      if (says !== null && (own !== null || open !== null)) {
        const [, word, number, text] = says;
        const lines = word === "LINE" ? Number(number) - 1 : 0;
        if (own !== null) {
          own.lines += lines;
          if (word === "HINT") own.hint = text!;
        } else if (open !== null) {
          if (open.line !== null) open.line += lines;
          if (word === "HINT") open.hint = text!;
        }
        return null;
      }
      if (/^\s/.test(line)) return null; // Goes on with the line before it.
      close();
      const aborted = parseClientAborted(line);
      if (aborted !== null) {
        add(aborted, atMs);
        return aborted;
      }
      const said = OWN.exec(line)?.[1];
      if (said !== undefined && !said.startsWith(ENDS)) {
        own = { message: said, lines: 0, hint: null };
      }
      return null;
    },
    errors() {
      close();
      return [...kinds.values()].sort((a, b) => b.count - a.count);
    },
  };
}

/** Of a refused COPY pgbench does not say where it stands: told where there is only one. */
function placeOf(
  { script, command, client, transaction }: ClientAborted,
  scripts: readonly ScriptCommands[],
): Pick<ClientAborted, "script" | "command"> {
  const isOnly = scripts.length === 1 && transaction !== null;
  if (client !== null) return { script: isOnly ? 0 : script, command };
  const copies = scripts.flatMap(({ commands }, i) =>
    commands.flatMap(({ text }, j) =>
      /^\s*copy\b/i.test(text) ? [{ script: i, command: j }] : [],
    ),
  );
  const [only] = copies;
  return copies.length === 1 && only !== undefined ? only : { script, command };
}

function seenOf({ sqlState, message, hint, script, line, statement }: TrialError): ErrorSeen {
  return { sqlState, message, hint, script, line, statement };
}
