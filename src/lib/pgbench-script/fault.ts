/** Something wrong in a script, found before anything runs. Lines and columns count from 1. */
export interface ScriptFault {
  readonly script: string;
  readonly line: number;
  readonly column: number;
  /** A clause without capital and full stop: "unexpected character `$`". */
  readonly message: string;
  /** The line itself, so that a message can show it. */
  readonly source: string;
}

/** Takes a fault or a warning at an offset of a script. */
export type Report = (offset: number, message: string) => void;

/** Longer lines are shown around the fault only. */
const SHOWN_CHARACTERS_MAX = 120;

/** The place, what is wrong, and the line with a mark below it. */
export function describeFault({ script, line, column, message, source }: ScriptFault): string {
  const from =
    source.length <= SHOWN_CHARACTERS_MAX ? 0 : Math.max(0, column - 1 - SHOWN_CHARACTERS_MAX / 2);
  const shown = source.slice(from, from + SHOWN_CHARACTERS_MAX);
  const [before, after] = [from > 0 ? "…" : "", from + shown.length < source.length ? "…" : ""];
  const mark = " ".repeat(before.length + column - 1 - from);
  return `${script}:${line}:${column}: ${message}\n    ${before}${shown}${after}\n    ${mark}^`;
}

/** Thrown inside the parsers; `parseScript` turns it into a fault and goes on with the next line. */
export class SyntaxFault extends Error {
  readonly offset: number;
  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

/** Line, column and text of the line at an offset of a script. */
export function locate(
  text: string,
  offset: number,
): { line: number; column: number; source: string } {
  const start = text.lastIndexOf("\n", Math.max(0, offset) - 1) + 1;
  const end = text.indexOf("\n", start);
  const line = text.slice(0, start).split("\n").length;
  const source = text.slice(start, end === -1 ? undefined : end).replace(/\r$/, "");
  return { line, column: offset - start + 1, source: source.replaceAll("\t", " ") };
}
