import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from "yaml";
import { showPath, type FieldPath } from "../lib/field-path.ts";
import type { Fault } from "./fault.ts";
import { findSecrets, strikeSecrets, type SecretRange } from "./strike-secrets.ts";

/** A YAML text that knows where each of its fields stands. */
export interface SourceText {
  /** What is wrong with the YAML itself; `value` is then of no use. */
  readonly syntaxFaults: readonly Fault[];
  readonly value: unknown;
  /** The text with secrets struck out. */
  readonly struckText: string;
  /** A fault at a field's value, at its key, or where it is absent at the nearest field around it. */
  faultAt(
    path: FieldPath,
    at: "key" | "value",
    says: { readonly message: string; readonly didYouMean: string | null },
  ): Fault;
  /** A value for people: short, quoted, with secrets struck out. */
  show(value: unknown): string;
}

/** Largest experiment that is read, in characters; the parser's time grows with nested aliases. */
const MAX_TEXT_LENGTH = 1_000_000;

/** Reads YAML 1.2 with positions. Never throws. */
export function readSourceText(text: string, file: string): SourceText {
  const tooLong = text.length > MAX_TEXT_LENGTH;
  const document = parseDocument(tooLong ? "" : text, {
    prettyErrors: false,
    version: "1.2",
    logLevel: "silent",
  });
  const secrets = findSecrets(text, document);
  const place: Place = { file, text, secrets };
  const problems = [...document.errors, ...document.warnings];
  // What stands open at one place is told once, not once for each bracket.
  const first = problems.filter(
    ({ pos }, i) => problems.findIndex((p) => p.pos[0] === pos[0]) === i,
  );
  const syntaxFaults = first.map(({ pos, message }) =>
    makeFault(place, pos[0], "", { message: tellSyntax(message, secrets, text), didYouMean: null }),
  );
  const value = syntaxFaults.length === 0 ? toValueOrError(document) : null;
  if (value instanceof Error) {
    const message = `The YAML cannot be read: ${value.message}.`;
    syntaxFaults.push(makeFault(place, 0, "", { message, didYouMean: null }));
  }
  if (tooLong) {
    const message = `The file has ${text.length} characters; at most ${MAX_TEXT_LENGTH} are read.`;
    syntaxFaults.push(makeFault(place, 0, "", { message, didYouMean: null }));
  }
  return {
    syntaxFaults,
    value,
    struckText: strikeSecrets(text, secrets),
    faultAt: (path, at, says) =>
      makeFault(place, findOffset(document, path, at), showPath(path), says),
    show: (shown) => showValue(shown, place),
  };
}

interface Place {
  readonly file: string;
  readonly text: string;
  readonly secrets: readonly SecretRange[];
}

function makeFault(
  { file, text, secrets }: Place,
  offset: number,
  field: string,
  { message, didYouMean }: { readonly message: string; readonly didYouMean: string | null },
): Fault {
  // A fault at the very end (a missing bracket) is shown after the last character that says something.
  const at = Math.min(offset, Math.max(0, text.trimEnd().length));
  const start = at === 0 ? 0 : text.lastIndexOf("\n", at - 1) + 1;
  const end = text.indexOf("\n", start);
  const wholeLine = { start, end: end === -1 ? text.length : end };
  return {
    file,
    line: text.slice(0, start).split("\n").length,
    column: at - start + 1,
    field,
    message,
    didYouMean,
    excerpt: cutExcerpt(text, wholeLine, at, secrets),
  };
}

/** Longest line that is shown whole; of a longer one a piece around the caret. */
const MAX_EXCERPT_LENGTH = 120;

function cutExcerpt(
  text: string,
  line: SecretRange,
  at: number,
  secrets: readonly SecretRange[],
): Fault["excerpt"] {
  const inLine = secrets
    .filter(({ start, end }) => end > line.start && start < line.end)
    .map(({ start, end }) => ({
      start: Math.max(start, line.start) - line.start,
      end: Math.min(end, line.end) - line.start,
    }));
  const raw = text.slice(line.start, line.end);
  const column = at - line.start;
  const before = inLine.filter(({ start }) => start < column);
  const caret = before.reduce(
    (sum, { start, end }) => sum - (column < end ? column - start : end - start - "***".length),
    column,
  );
  const shown = strikeSecrets(raw, inLine).replaceAll(/\p{Cc}/gu, " ");
  const from = caret > MAX_EXCERPT_LENGTH - 20 ? caret - 60 : 0;
  return { text: shown.slice(from, from + MAX_EXCERPT_LENGTH).trimEnd(), caret: caret - from };
}

function findOffset(document: Document, path: FieldPath, at: "key" | "value"): number {
  let node: unknown = document.contents;
  let offset = rangeStart(node) ?? 0;
  for (const [i, step] of path.entries()) {
    const inside = isAlias(node) ? node.resolve(document) : node;
    const last = i === path.length - 1;
    if (isMap(inside)) {
      const pair = findPair(inside, step);
      if (pair === undefined) return offset;
      const keyOffset = rangeStart(pair.key) ?? offset;
      offset = last && at === "value" ? (valueStart(pair.value) ?? keyOffset) : keyOffset;
      node = pair.value;
    } else if (isSeq(inside) && typeof step === "number") {
      const item = inside.items[step];
      if (item === undefined) return offset;
      offset = rangeStart(item) ?? offset;
      node = item;
    } else {
      // One value in place of a list, such as `clients: 8`.
      return at === "value" ? (valueStart(inside) ?? offset) : offset;
    }
  }
  return offset;
}

/** The field of that name; PostgreSQL's settings are the same in small and capital letters. */
function findPair(map: YAMLMap, step: string | number): Pair | undefined {
  const nameOf = ({ key }: Pair) => String(isScalar(key) ? key.value : key);
  const wanted = String(step);
  return (
    map.items.find((pair) => nameOf(pair) === wanted) ??
    map.items.find((pair) => nameOf(pair).toLowerCase() === wanted.toLowerCase())
  );
}

/** `null` for a value that is not written (`key:` and nothing after it): its key is shown instead. */
function valueStart(node: unknown): number | null {
  if (isScalar(node) && node.range && node.range[0] === node.range[1]) return null;
  return rangeStart(node);
}

function rangeStart(node: unknown): number | null {
  return (node as Node | null)?.range?.[0] ?? null;
}

function toValueOrError(document: Document): unknown {
  try {
    // A mapping nested in itself or a heap of aliases throws here rather than eating the memory.
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function tellSyntax(message: string, secrets: readonly SecretRange[], text: string): string {
  const clean = secrets.reduce((told, { start, end }) => {
    const secret = text.slice(start, end);
    return secret.length > 2 ? told.replaceAll(secret, "***") : told;
  }, message);
  const sentence = clean.replaceAll(/\s+/g, " ").replace(/[.:]?$/, ".");
  return `The YAML cannot be read: ${sentence}`;
}

function showValue(value: unknown, { secrets, text }: Place): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "object") return "a mapping";
  if (typeof value !== "string") return `${value as number | boolean}`;
  const isSecret = secrets.some(
    ({ start, end }) => value.length > 0 && overlaps(text.slice(start, end), value),
  );
  if (isSecret) return "`***`";
  if (value === "") return "an empty text";
  const oneLine = value.replaceAll(/[\s\p{Cc}]+/gu, " ");
  return `\`${oneLine.length > 60 ? `${oneLine.slice(0, 57)}…` : oneLine}\``;
}

function overlaps(secret: string, value: string): boolean {
  return secret.includes(value) ? secret.length < value.length * 4 : value.includes(secret);
}
