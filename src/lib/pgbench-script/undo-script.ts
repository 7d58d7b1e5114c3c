/**
 * How a script can be tried without a trace: in a transaction around it that is rolled back, or with
 * its own COMMIT turned into a ROLLBACK where that is the last thing it does.
 */
import type { Command } from "./parse-script.ts";

type SqlCommand = Extract<Command, { is: "sql" }>;

export type Undoing =
  /** A transaction of the dry pass's own goes around the whole script. */
  | { readonly how: "around" }
  /** The last statement, its COMMIT, becomes a ROLLBACK. */
  | { readonly how: "instead-of-commit"; readonly commit: SqlCommand }
  /** What it does stays. */
  | { readonly how: "not"; readonly because: string };

const LEADING = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/;
const CONTROLS =
  /\b(?:begin|start\s+transaction|commit|end|rollback|abort|prepare\s+transaction)\b/i;
const BEGINS = /^(?:begin|start\s+transaction)\b/i;
const PLAIN_COMMIT = /^(?:commit|end)(?:\s+(?:work|transaction))?\s*;?\s*$/i;
/**
 * What needs a transaction block, which the script must open itself; and what a block forbids or gives
 * another meaning. In a block of the dry pass's own such a script would be tried as another one.
 */
const MINDS_BLOCK =
  /^(?:savepoint|release|rollback\s+to|declare|fetch|move|lock|set\s+(?:local|transaction|constraints)|vacuum|reindex|cluster|alter\s+system|create\s+(?:database|tablespace|subscription)|drop\s+(?:database|tablespace|subscription)|(?:create|drop)\s+(?:unique\s+)?index\s+concurrently|call|discard|commit\s+prepared|rollback\s+prepared|listen|unlisten)\b/i;

/** How a dry pass of these commands can be undone. */
export function planUndo(commands: readonly Command[]): Undoing {
  const statements = commands.filter((command) => command.is === "sql");
  const texts = statements.map(({ text }) => withoutComments(text));
  if (!texts.some((text) => CONTROLS.test(withoutQuoted(text)))) {
    return texts.some((text) => MINDS_BLOCK.test(text))
      ? { how: "not", because: "it holds statements that mind the transaction block around them" }
      : { how: "around" };
  }
  const last = statements.at(-1);
  const inside = texts.slice(1, -1);
  const isOneBlock =
    last !== undefined &&
    statements.length > 1 &&
    BEGINS.test(texts[0] ?? "") &&
    !(texts[0] ?? "").replace(/;\s*$/, "").includes(";") &&
    PLAIN_COMMIT.test(texts.at(-1) ?? "") &&
    !inside.some((text) => CONTROLS.test(withoutQuoted(text))) &&
    !isConditional(commands, statements[0], last);
  return isOneBlock
    ? { how: "instead-of-commit", commit: last }
    : { how: "not", because: "it ends transactions of its own" };
}

/** A branch around BEGIN or COMMIT: which of them run is not known beforehand. */
function isConditional(
  commands: readonly Command[],
  first: SqlCommand | undefined,
  last: SqlCommand,
): boolean {
  let depth = 0;
  for (const command of commands) {
    if (command.is === "if") depth++;
    if (command.is === "endif") depth--;
    if (depth > 0 && (command === first || command === last)) return true;
  }
  return false;
}

function withoutComments(text: string): string {
  return text.replace(LEADING, "");
}

/** Words within quotes, dollar quotes and comments control nothing. */
function withoutQuoted(text: string): string {
  return text
    .replace(/\$(\w*)\$[\s\S]*?\$\1\$/g, "$$$$")
    .replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\//g, "''")
    .replace(/\bcase\b[\s\S]*?\bend\b/gi, "");
}
