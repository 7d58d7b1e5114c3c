/**
 * How a script can be tried without a trace: in a transaction around it that is rolled back, or with
 * its own COMMIT turned into a ROLLBACK where that is the last thing it does.
 */
import type { Command } from "./parse-script.ts";
import { readTransactionEffect, splitStatements } from "./sql-statements.ts";

type SqlCommand = Extract<Command, { is: "sql" }>;

/** What becomes of a script that is tried. */
export type Undoing =
  /** A transaction of the dry pass's own goes around the whole script. */
  | { readonly how: "around" }
  /** The last statement, its COMMIT, becomes a ROLLBACK. */
  | { readonly how: "instead-of-commit"; readonly commit: SqlCommand }
  /** What it does stays. */
  | { readonly how: "not"; readonly because: string };

/**
 * What needs a transaction block, which the script must open itself; and what a block forbids or gives
 * another meaning. In a block of the dry pass's own such a script would be tried as another one. First
 * words, of which the last may be a beginning of a statement's.
 */
const MINDS_BLOCK: readonly string[] = [
  "savepoint",
  "release",
  "rollback to",
  "declare",
  "fetch",
  "move",
  "lock",
  "set local",
  "set transaction",
  "set constraints",
  "vacuum",
  "reindex",
  "cluster",
  "alter system",
  "create database",
  "create tablespace",
  "create subscription",
  "drop database",
  "drop tablespace",
  "drop subscription",
  "create index concurrently",
  "create unique index concurrently",
  "drop index concurrently",
  "call",
  "discard",
  "commit prepared",
  "rollback prepared",
  "listen",
  "unlisten",
];

/** How a dry pass of these commands can be undone. */
export function planUndo(commands: readonly Command[]): Undoing {
  const own = commands.filter((command) => command.is === "sql");
  const statements = own.flatMap((command) =>
    splitStatements(command.text).map((parts) => ({
      command,
      words: parts.map(({ text }) => text),
      effect: readTransactionEffect(parts),
    })),
  );
  if (statements.every(({ effect }) => effect === "other")) {
    return statements.some(({ words }) => mindsBlock(words))
      ? { how: "not", because: "it holds statements that mind the transaction block around them" }
      : { how: "around" };
  }
  const [first, last] = [statements[0]!, statements.at(-1)!];
  const isOneBlock =
    statements.length === own.length &&
    first.effect === "begin" &&
    isPlainCommit(last.words) &&
    statements.slice(1, -1).every(({ effect }) => effect === "other") &&
    !isConditional(commands, [first.command, last.command]);
  return isOneBlock
    ? { how: "instead-of-commit", commit: last.command }
    : { how: "not", because: "it ends transactions of its own" };
}

function mindsBlock(words: readonly string[]): boolean {
  const text = `${words.slice(0, 4).join(" ")} `;
  return MINDS_BLOCK.some((start) => text.startsWith(`${start} `));
}

/** `COMMIT AND CHAIN` begins another, PREPARE TRANSACTION leaves one behind. */
function isPlainCommit([first, second, third]: readonly string[]): boolean {
  if (first !== "commit" && first !== "end") return false;
  const isNoise = second === "work" || second === "transaction";
  return second === undefined || (isNoise && third === undefined);
}

/** A branch around BEGIN or COMMIT: which of them run is not known beforehand. */
function isConditional(commands: readonly Command[], ends: readonly SqlCommand[]): boolean {
  let depth = 0;
  for (const command of commands) {
    if (command.is === "if") depth++;
    if (command.is === "endif") depth--;
    if (depth > 0 && ends.some((end) => end === command)) return true;
  }
  return false;
}
