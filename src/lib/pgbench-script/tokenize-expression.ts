import { SyntaxFault } from "./fault.ts";
import { normalizeOrNull, type Integer } from "./value.ts";

/** `at` is the offset in the whole script. */
export type Token =
  | { readonly is: "symbol"; readonly text: string; readonly at: number }
  | { readonly is: "keyword"; readonly text: string; readonly at: number }
  | { readonly is: "integer"; readonly value: Integer; readonly at: number }
  | { readonly is: "int64-min"; readonly at: number }
  | { readonly is: "double"; readonly value: number; readonly at: number }
  | { readonly is: "variable"; readonly name: string; readonly at: number }
  | { readonly is: "function"; readonly name: string; readonly at: number }
  | { readonly is: "end"; readonly at: number };

const KEYWORDS = new Set(
  "and or not is isnull notnull case when then else end true false null".split(" "),
);

const SPACE = /(?:[ \t\r\f\v]|\\\r?\n)+/y;
const DOUBLE = /(?:\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)/y;
const VARIABLE = /:[A-Za-z_0-9\u0080-\uffff]+/y;
const WORD = /[A-Za-z_\u0080-\uffff][A-Za-z_0-9\u0080-\uffff]*/y;
const SYMBOL = /<=|>=|<>|!=|<<|>>|[-+*/%=<>|#&~(),]/y;

const SMALLEST_NORMAL = 2 ** -1022;

/** Splits `text[from, to)` into tokens, ended by an `end` token. @throws {SyntaxFault} */
export function tokenizeExpression(text: string, from: number, to: number): Token[] {
  const tokens: Token[] = [];
  let at = from;
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    return found === null || found.index + found[0].length > to ? null : found[0];
  };
  while (at < to) {
    const space = match(SPACE);
    if (space !== null) {
      at += space.length;
      continue;
    }
    const [token, length] = readToken(match, at);
    if (token === null) throw new SyntaxFault(at, `unexpected character \`${text[at] ?? ""}\``);
    tokens.push(token);
    at += length;
  }
  tokens.push({ is: "end", at: to });
  return tokens;
}

function readToken(match: (pattern: RegExp) => string | null, at: number): [Token | null, number] {
  const variable = match(VARIABLE);
  if (variable !== null) return [{ is: "variable", name: variable.slice(1), at }, variable.length];
  const number = match(DOUBLE);
  if (number !== null) return [readNumber(number, at), number.length];
  const word = match(WORD);
  if (word !== null) {
    const lower = word.toLowerCase();
    if (KEYWORDS.has(lower)) return [{ is: "keyword", text: lower, at }, word.length];
    return [{ is: "function", name: lower, at }, word.length];
  }
  const symbol = match(SYMBOL);
  if (symbol === null) return [null, 0];
  return [{ is: "symbol", text: symbol === "!=" ? "<>" : symbol, at }, symbol.length];
}

function readNumber(text: string, at: number): Token {
  if (!/^\d+$/.test(text)) {
    const value = Number(text);
    // As C's strtod sees it, numbers too small for a normal double are out of range as well.
    const isTiny = value < SMALLEST_NORMAL && /[1-9]/.test(text.replace(/[eE].*/, ""));
    if (!Number.isFinite(value) || isTiny)
      throw new SyntaxFault(at, "double constant out of range");
    return { is: "double", value, at };
  }
  // Only with a minus before it is this one an integer.
  if (text === "9223372036854775808") return { is: "int64-min", at };
  const value = normalizeOrNull(BigInt(text));
  if (value === null) throw new SyntaxFault(at, "bigint constant overflow");
  return { is: "integer", value, at };
}
