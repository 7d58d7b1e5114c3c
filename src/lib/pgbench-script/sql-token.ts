/**
 * The tokens of SQL, as far as a script's reader must tell them apart: what is quoted, what is a
 * comment, what is code.
 *
 * Source: https://www.postgresql.org/docs/current/sql-syntax-lexical.html.
 */
export interface SqlToken {
  /** `space` holds line comments too, which SQL treats alike; `text` is quoted, also by dollars. */
  readonly is: "space" | "comment" | "text" | "identifier" | "word" | "number" | "symbol";
  readonly at: number;
  readonly length: number;
}

const SPACE_OR_LINE_COMMENT = /(?:[ \t\n\r\f\v]+|--[^\n\r]*)+/y;
const WORD = /[A-Za-z_\u0080-\uffff][A-Za-z_0-9$\u0080-\uffff]*/y;
const NUMBER = /[0-9][0-9A-Za-z_.]*/y;
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z_0-9\u0080-\uffff]*)?\$/y;

/** The token at an offset, which must be before the end of the text. What is never closed runs to the end. */
export function readSqlToken(text: string, at: number): SqlToken {
  const space = matchAt(SPACE_OR_LINE_COMMENT, text, at);
  if (space !== null) return { is: "space", at, length: space.length };
  const character = text[at] as string;
  if (character === "'") return { is: "text", at, length: measureQuoted(text, at, "'", false) };
  if (character === '"')
    return { is: "identifier", at, length: measureQuoted(text, at, '"', false) };
  if (text.startsWith("/*", at)) return { is: "comment", at, length: measureComment(text, at) };
  const tag = character === "$" ? matchAt(DOLLAR_TAG, text, at) : null;
  if (tag !== null) {
    const close = text.indexOf(tag, at + tag.length);
    return { is: "text", at, length: (close === -1 ? text.length : close + tag.length) - at };
  }
  const word = matchAt(WORD, text, at);
  if (word !== null) {
    if (word.toLowerCase() !== "e" || text[at + 1] !== "'") {
      return { is: "word", at, length: word.length };
    }
    return { is: "text", at, length: 1 + measureQuoted(text, at + 1, "'", true) };
  }
  const number = matchAt(NUMBER, text, at);
  if (number !== null) return { is: "number", at, length: number.length };
  return { is: "symbol", at, length: 1 };
}

function measureQuoted(text: string, at: number, quote: string, escapes: boolean): number {
  let end = at + 1;
  while (end < text.length && text[end] !== quote) end += escapes && text[end] === "\\" ? 2 : 1;
  return Math.min(end + 1, text.length) - at;
}

/** Block comments nest. */
function measureComment(text: string, at: number): number {
  let depth = 0;
  let end = at;
  do {
    if (text.startsWith("/*", end)) depth++;
    else if (text.startsWith("*/", end)) depth--;
    else {
      end++;
      continue;
    }
    end += 2;
  } while (depth > 0 && end < text.length);
  return Math.min(end, text.length) - at;
}

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}
