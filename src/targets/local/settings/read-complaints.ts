/** Something that a server said while it read its settings or started. */
export interface Complaint {
  /** False for a warning: the server goes on. */
  readonly isFatal: boolean;
  /** Without the configuration file that it names. */
  readonly message: string;
  readonly detail: string | null;
  readonly hint: string | null;
}

/** Lines of the server's log begin like this where `log_line_prefix` is empty. */
const LINE = /^(DEBUG\d?|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC|DETAIL|HINT|CONTEXT):\s+(.*)$/;
/** What is refused before the log is open is written plainly, after the program's name. */
const PLAIN = /^postgres: (.*)$/;
const WHERE = / in file "[^"]*" line \d+$/;
/** Said of every file with a fault; the fault itself was told before. */
const SUMMARY = /^configuration file "[^"]*" contains errors/;
/** A setting's fault in a configuration file is a LOG, since a running server goes on without it. */
const SETTING_FAULT = /parameter|setting|syntax error in file|valid range/;

/**
 * Reads the faults and warnings out of a server's standard error; ordinary log lines are left out.
 * It must have been started with `log_line_prefix` empty and in locale C.
 */
export function readComplaints(output: string): Complaint[] {
  const complaints: Complaint[] = [];
  for (const line of output.split("\n")) {
    const [level, text] = splitLine(line);
    const last = complaints.at(-1);
    if (level === undefined || text === undefined) {
      if (line.startsWith("\t") && last !== undefined) {
        complaints[complaints.length - 1] = { ...last, message: `${last.message} ${line.trim()}` };
      }
      continue;
    }
    if (level === "DETAIL" || level === "HINT") {
      const key = level === "DETAIL" ? "detail" : "hint";
      if (last !== undefined) complaints[complaints.length - 1] = { ...last, [key]: text };
      continue;
    }
    const isFatal = ["ERROR", "FATAL", "PANIC"].includes(level);
    const isFault = isFatal || (level === "LOG" && SETTING_FAULT.test(text));
    if ((!isFault && level !== "WARNING") || SUMMARY.test(text)) continue;
    complaints.push({
      isFatal: isFault,
      message: text.replace(WHERE, ""),
      detail: null,
      hint: null,
    });
  }
  return complaints;
}

function splitLine(line: string): readonly [level: string, text: string] | readonly [] {
  const logged = LINE.exec(line);
  if (logged !== null) return [logged[1]!, logged[2]!];
  const plain = PLAIN.exec(line);
  return plain === null ? [] : ["FATAL", plain[1]!];
}

/** All that was said, as sentences. */
export function tellComplaint({ message, detail, hint }: Complaint): string {
  return [message, detail, hint]
    .filter((text) => text !== null)
    .map((text) => text.replace(/\.?$/, "."))
    .join(" ");
}
