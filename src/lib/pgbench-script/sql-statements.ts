import { readSqlToken, type SqlToken } from "./sql-token.ts";

/** One word, number, symbol or quoted part of a statement; space and comments are none. */
export interface SqlPart {
  readonly is: Exclude<SqlToken["is"], "space" | "comment">;
  /** Words in small letters, all else as it is written. */
  readonly text: string;
  /** Offset in the command's text. */
  readonly at: number;
}

/** The statements of one command, which `\;` may have joined. Those without any part are left out. */
export function splitStatements(command: string): SqlPart[][] {
  const statements: SqlPart[][] = [[]];
  for (let at = 0; at < command.length;) {
    const { is, length } = readSqlToken(command, at);
    const written = command.slice(at, at + length);
    if (is === "symbol" && written === ";" && !isInBody(statements.at(-1)!)) statements.push([]);
    else if (is !== "space" && is !== "comment") {
      statements.at(-1)!.push({ is, text: is === "word" ? written.toLowerCase() : written, at });
    }
    at += length;
  }
  return statements.filter((parts) => parts.length > 0);
}

/** What a statement does to the transaction around it. */
export type TransactionEffect = "begin" | "commit" | "rollback" | "other";

/** `commit` is all that may make something last, `PREPARE TRANSACTION` too. */
export function readTransactionEffect(parts: readonly SqlPart[]): TransactionEffect {
  const [first = "", second, third] = parts.map(({ text }) => text);
  switch (first) {
    case "begin":
      return "begin";
    case "start":
    case "prepare":
      if (second !== "transaction") return "other";
      return first === "start" ? "begin" : "commit";
    case "commit":
    case "end":
      return second === "prepared" ? "other" : "commit";
    case "abort":
      return "rollback";
    case "rollback": {
      const next = second === "work" || second === "transaction" ? third : second;
      return next === "to" || next === "prepared" ? "other" : "rollback";
    }
    default:
      return "other";
  }
}

/** Within parentheses (`CREATE RULE`) and `BEGIN ATOMIC` bodies a semicolon ends no statement. */
function isInBody(parts: readonly SqlPart[]): boolean {
  const depth = parts.filter(({ text }) => text === "(").length;
  if (depth > parts.filter(({ text }) => text === ")").length) return true;
  const from = parts.findIndex(
    ({ text }, i) => text === "begin" && parts[i + 1]?.text === "atomic",
  );
  if (from === -1 || parts[0]?.text !== "create") return false;
  const inside = parts.slice(from);
  const opened = inside.filter(({ text }) => text === "begin" || text === "case").length;
  return opened > inside.filter(({ text }) => text === "end").length;
}
