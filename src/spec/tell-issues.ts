/**
 * What the schema library found wrong, in our words: where, what was found, what is wanted.
 */
import type { z } from "zod";
import type { Fault } from "./fault.ts";
import { findNearMiss } from "../lib/near-miss.ts";
import { showPath, type FieldPath } from "../lib/field-path.ts";
import type { SourceText } from "./source-text.ts";

type Issue = z.core.$ZodIssue;

/** The text, and what the schema says of each field. */
interface DescribedText extends SourceText {
  describe(path: FieldPath): string | null;
}

/** Parts of the plan of the house that a later version will have: said, rather than "unknown". */
const PLANNED = "storage ceilings recovery observe kubernetes fio hammerdb http".split(" ");

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "`true` or `false`",
  object: "a mapping",
  record: "a mapping",
  array: "a list",
  null: "empty",
};

/**
 * Handed to the schema library for each parse: an unknown key's message is then the list of known
 * ones, which the issue itself does not carry.
 */
export function keepKnownKeys(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== "unrecognized_keys") return undefined;
  const schema = issue.inst as { readonly shape?: object } | undefined;
  return JSON.stringify(Object.keys(schema?.shape ?? {}));
}

/** All faults, in the order of the file, each place once. */
export function tellIssues(issues: readonly Issue[], source: DescribedText): Fault[] {
  const faults = issues
    .filter((issue) => !isSaidByUnknownKey(issue, issues))
    .flatMap((issue) => tellIssue(issue, [], source));
  const seen = new Set<string>();
  return faults
    .filter(({ line, column, message }) => {
      const key = `${line}:${column}:${message}`;
      return !seen.has(key) && seen.add(key);
    })
    .toSorted((a, b) => a.line - b.line || a.column - b.column);
}

/** Where the only key is unknown, "names none" says nothing more. */
function isSaidByUnknownKey(issue: Issue, issues: readonly Issue[]): boolean {
  if (issue.code !== "custom" || issue.params?.["namesNone"] !== true) return false;
  const place = JSON.stringify(issue.path);
  return issues.some(
    ({ code, path }) => code === "unrecognized_keys" && JSON.stringify(path) === place,
  );
}

function tellIssue(issue: Issue, above: FieldPath, source: DescribedText): Fault[] {
  const path = [...above, ...issue.path.map((step) => (typeof step === "symbol" ? "" : step))];
  if (issue.code === "unrecognized_keys") return tellUnknownKeys(issue, path, source);
  if (issue.code === "invalid_union") return tellUnion(issue, path, source);
  const found = valueAt(source.value, path);
  if (found === undefined) {
    const wanted = issue.code === "custom" ? `, and ${issue.message}` : "";
    return [tell(path, source, `${name(path)} is missing${tellType(issue, wanted)}.`)];
  }
  if (issue.code === "invalid_format" && !isOwn(issue)) {
    const meaning = source.describe(path) ?? `It must match the pattern ${issue.pattern ?? ""}.`;
    return [
      tell(path, source, `${name(path)} is ${source.show(found)}, which does not fit. ${meaning}`),
    ];
  }
  const known = issue.code === "invalid_value" ? issue.values.map(String) : [];
  const nearMiss = typeof found === "string" ? findNearMiss(found, known) : null;
  return [tell(path, source, `${name(path)} ${tellWanted(issue, found, source)}.`, nearMiss)];
}

function tellWanted(issue: Issue, found: unknown, source: DescribedText): string {
  const wanted = wantedBy(issue);
  // An own message that begins with a verb completes the sentence; any other follows it.
  if (/^(must|may|cannot|needs?|has|is|names?)\b/.test(wanted)) {
    if (/^(has|is|names?)\b/.test(wanted)) return wanted;
    return isPlain(found) ? `is ${source.show(found)}, but ${wanted}` : wanted;
  }
  return `is ${source.show(found)}: ${wanted}`;
}

function wantedBy(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return isOwn(issue)
        ? issue.message
        : `must be ${TYPE_NAMES[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return isOwn(issue)
        ? issue.message
        : `must be ${listOr(issue.values.map((v) => `\`${String(v)}\``))}`;
    case "too_small":
      return isOwn(issue)
        ? issue.message
        : `must ${tellBound(issue.origin, "least", Number(issue.minimum), issue.inclusive !== false)}`;
    case "too_big":
      return isOwn(issue)
        ? issue.message
        : `must ${tellBound(issue.origin, "most", Number(issue.maximum), issue.inclusive !== false)}`;
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}`;
    case "custom":
    case "invalid_format":
    case "invalid_key":
    case "invalid_element":
    case "invalid_union":
    case "unrecognized_keys":
      return issue.message.replace(/\.$/, "");
  }
}

/** True where the schema's author wrote the message: the library's own begin with these words. */
function isOwn({ message }: Issue): boolean {
  return !/^(Invalid|Too (small|big)|Unrecognized)/.test(message);
}

function tellBound(
  origin: string,
  way: "least" | "most",
  bound: number,
  inclusive: boolean,
): string {
  const limit = inclusive
    ? `at ${way} ${bound}`
    : `${way === "least" ? "more" : "less"} than ${bound}`;
  if (origin === "string") return `have ${limit} character${bound === 1 ? "" : "s"}`;
  if (origin === "array" || origin === "set") return `have ${limit} item${bound === 1 ? "" : "s"}`;
  return `be ${limit}`;
}

function tellType(issue: Issue, otherwise: string): string {
  if (issue.code !== "invalid_type") return otherwise;
  if (isOwn(issue)) return `; it ${issue.message}`;
  return `; it must be ${TYPE_NAMES[issue.expected] ?? issue.expected}`;
}

function tellUnknownKeys(
  issue: z.core.$ZodIssueUnrecognizedKeys,
  path: FieldPath,
  source: DescribedText,
): Fault[] {
  const known = readKnown(issue.message);
  return issue.keys.map((key) => {
    const where = path.length === 0 ? "an experiment" : name(path);
    const list =
      known.length === 0 ? "nothing may stand there" : `known there: ${known.join(", ")}`;
    const nearMiss = findNearMiss(key, known);
    const reason =
      nearMiss === null && PLANNED.includes(key)
        ? "is not available in this version of pgdyno"
        : `is not known in ${where}`;
    const message = `${source.show(key)} ${reason}; ${list}.`;
    return source.faultAt([...path, key], "key", { message, didYouMean: nearMiss });
  });
}

function readKnown(message: string): string[] {
  return message.startsWith("[") ? (JSON.parse(message) as string[]) : [];
}

/** The branch that was meant is the one whose outermost type fits; with none, all are named. */
function tellUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  path: FieldPath,
  source: DescribedText,
): Fault[] {
  const found = valueAt(source.value, path);
  if (isOwn(issue)) {
    if (found === undefined)
      return [tell(path, source, `${name(path)} is missing; it ${issue.message}.`)];
    return [tell(path, source, `${name(path)} ${tellWanted(issue, found, source)}.`)];
  }
  const meant = issue.errors
    .filter((branch) => branch.length > 0 && !branch.some(isWrongType))
    .toSorted((a, b) => a.length - b.length)[0];
  if (meant !== undefined && found !== undefined) {
    return meant.flatMap((inner) => tellIssue(inner, path, source));
  }
  const types = issue.errors.flatMap((branch) => branch.filter(isWrongType).map(wantedBy));
  const wanted = listOr([...new Set(types.map((type) => type.replace(/^must be /, "")))]);
  if (found === undefined) {
    return [tell(path, source, `${name(path)} is missing; it must be ${wanted}.`)];
  }
  return [
    tell(
      path,
      source,
      `${name(path)} is ${source.show(found)}, but must be ${wanted || "something else"}.`,
    ),
  ];
}

function isWrongType(issue: Issue): boolean {
  return (
    issue.path.length === 0 && (issue.code === "invalid_type" || issue.code === "invalid_value")
  );
}

function tell(
  path: FieldPath,
  source: DescribedText,
  message: string,
  didYouMean: string | null = null,
): Fault {
  return source.faultAt(path, "value", { message, didYouMean });
}

function name(path: FieldPath): string {
  const shown = showPath(path);
  return shown === "" ? "The experiment" : `\`${shown}\``;
}

function isPlain(value: unknown): boolean {
  return value === null || typeof value !== "object";
}

/** `undefined` where there is nothing at the path. */
function valueAt(value: unknown, path: FieldPath): unknown {
  let at = value;
  for (const step of path) {
    if (at === null || typeof at !== "object" || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string | number, unknown>)[step];
  }
  return at;
}

function listOr(items: readonly string[]): string {
  const last = items.at(-1) ?? "";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} or ${last}`;
}
