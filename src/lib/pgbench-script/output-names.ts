import { splitStatements, type SqlPart } from "./sql-statements.ts";

/**
 * The names of the columns that a command gives: of its last statement, or of all of them.
 *
 * Told only where each column's name is written down: `AS name`, or a plain column. `null` for
 * everything else, such as `*`, a function's result or a procedure's.
 */
export function readOutputNamesOrNull(command: string, all: boolean): string[] | null {
  const statements = splitStatements(command);
  const wanted = all ? statements : statements.slice(-1);
  const lists = wanted.map(readStatement);
  return lists.some((names) => names === null) ? null : lists.flatMap((names) => names ?? []);
}

/** What ends the list of a SELECT. */
const CLAUSES = new Set(
  "from where group having window order limit offset fetch for union intersect except into".split(
    " ",
  ),
);
/** Words that may end an expression and are no name. */
const CLOSING = new Set(["end", "null", "true", "false"]);

function readStatement(parts: readonly SqlPart[]): string[] | null {
  const top = outsideParentheses(parts);
  const returning = top.findLastIndex(({ text }) => text === "returning");
  const isSelect = parts[0]?.text === "select";
  if (returning === -1 && !isSelect) return null;
  const from = top.slice(returning === -1 ? 1 : returning + 1);
  const end = from.findIndex(({ is, text }) => is === "word" && CLAUSES.has(text));
  const names = splitAtCommas(end === -1 ? from : from.slice(0, end)).map(readNameOrNull);
  return names.every((name) => name !== null) ? names : null;
}

/** What stands in parentheses or brackets is left out, all but the opening one. */
function outsideParentheses(parts: readonly SqlPart[]): SqlPart[] {
  let depth = 0;
  return parts.filter(({ is, text }) => {
    if (is !== "symbol") return depth === 0;
    if (text === ")" || text === "]") depth--;
    const isOutside = depth === 0;
    if (text === "(" || text === "[") depth++;
    return isOutside;
  });
}

function splitAtCommas(parts: readonly SqlPart[]): SqlPart[][] {
  const items: SqlPart[][] = [[]];
  for (const part of parts) {
    if (part.text === ",") items.push([]);
    else items.at(-1)!.push(part);
  }
  return items;
}

function readNameOrNull(item: readonly SqlPart[]): string | null {
  const last = item.at(-1);
  const before = item.at(-2);
  if (last === undefined || (last.is !== "word" && last.is !== "identifier")) return null;
  if (last.is === "word" && CLOSING.has(last.text)) return null;
  const isPlain = item.length === 1 || (item.length === 3 && before?.text === ".");
  if (before?.text !== "as" && !isPlain) return null;
  return last.is === "word" ? last.text : last.text.slice(1, -1).replaceAll('""', '"');
}
