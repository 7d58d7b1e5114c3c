/**
 * Reads a pgbench script into commands. Finds every fault at once, with line and column.
 *
 * Source: https://www.postgresql.org/docs/current/pgbench.html#PGBENCH-CUSTOM-SCRIPTS.
 */
import { checkStructure } from "./check-structure.ts";
import { locate, SyntaxFault, type ScriptFault } from "./fault.ts";
import { parseExpression, type Expression } from "./parse-expression.ts";
import { parseSleep, type SleepTime } from "./parse-sleep.ts";
import { scanSql } from "./scan-sql.ts";

/** Where the answer's columns go; `all` for `\aset`, whose statements may give any number of rows. */
export interface Capture {
  readonly prefix: string;
  readonly all: boolean;
}

export type Command =
  | {
      readonly is: "sql";
      readonly text: string;
      readonly capture: Capture | null;
      readonly at: number;
      /** Of its first word in the script, from 1. */
      readonly line: number;
    }
  | { readonly is: "set"; readonly name: string; readonly value: Expression; readonly at: number }
  | { readonly is: "if" | "elif"; readonly condition: Expression; readonly at: number }
  | { readonly is: "sleep"; readonly time: SleepTime; readonly at: number }
  | {
      readonly is: "else" | "endif" | "startpipeline" | "syncpipeline" | "endpipeline";
      readonly at: number;
    };

export interface ParsedScript {
  readonly name: string;
  readonly commands: readonly Command[];
  readonly faults: readonly ScriptFault[];
}

const WORD = /[^ \t\r\f\v\n]+?(?=\\\r?\n|[ \t\r\f\v\n]|$)/y;
const GAP = /(?:[ \t\r\f\v]|\\\r?\n)+/y;
const NAME = /^[A-Za-z_\u0080-\uffff][A-Za-z_0-9\u0080-\uffff]*$/;

interface Word {
  readonly text: string;
  readonly at: number;
}

export function parseScript(name: string, text: string): ParsedScript {
  const commands: Command[] = [];
  const faults: ScriptFault[] = [];
  const report = (offset: number, message: string): void => {
    faults.push({ script: name, message, ...locate(text, offset) });
  };
  let at = 0;
  for (;;) {
    const sql = scanSql(text, at);
    if (sql.text !== "") {
      const { line } = locate(text, sql.start);
      commands.push({ is: "sql", text: sql.text, capture: null, at: sql.start, line });
    }
    if (sql.stop === "end") break;
    at = sql.end;
    if (sql.stop === "semicolon") continue;
    const end = endOfMetaCommand(text, at);
    try {
      addMetaCommand(text, at, end, commands);
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error;
      report(error.offset, error.message);
    }
    at = Math.min(end + 1, text.length);
  }
  if (commands.length === 0 && faults.length === 0) report(0, "the script holds no command");
  // Structure is judged only where every command could be read; else it would blame the innocent.
  if (faults.length === 0) checkStructure(commands, text.length, report);
  return { name, commands, faults: faults.sort((a, b) => a.line - b.line || a.column - b.column) };
}

/** Offset of the newline that ends a meta-command; a backslash before it continues the command. */
function endOfMetaCommand(text: string, from: number): number {
  for (let at = from; ;) {
    const newline = text.indexOf("\n", at);
    if (newline === -1) return text.length;
    const before = text[newline - 1] === "\r" ? newline - 2 : newline - 1;
    if (before < from || text[before] !== "\\") return newline;
    at = newline + 1;
  }
}

function splitWords(text: string, from: number, end: number): Word[] {
  const words: Word[] = [];
  let at = from;
  while (at < end) {
    GAP.lastIndex = at;
    const gap = GAP.exec(text);
    if (gap !== null) {
      at += gap[0].length;
      continue;
    }
    WORD.lastIndex = at;
    const word = WORD.exec(text)?.[0] ?? "";
    if (word === "") break;
    words.push({ text: word, at });
    at += word.length;
  }
  return words;
}

function addMetaCommand(text: string, from: number, end: number, commands: Command[]): void {
  const [command, ...rest] = splitWords(text, from, end);
  if (command === undefined) return;
  const at = command.at - 1;
  const name = command.text.toLowerCase();
  switch (name) {
    case "set":
      commands.push(parseSet(text, command, rest[0], end));
      return;
    case "if":
    case "elif": {
      const condition = parseExpression(text, command.at + name.length, end);
      commands.push({ is: name, condition, at });
      return;
    }
    case "sleep":
      commands.push({ is: "sleep", time: parseSleep(command, rest), at });
      return;
    case "gset":
    case "aset":
      capture(commands, command, rest);
      return;
    case "else":
    case "endif":
    case "startpipeline":
    case "syncpipeline":
    case "endpipeline":
      if (rest[0] !== undefined)
        throw new SyntaxFault(rest[0].at, `\`\\${name}\` takes no argument`);
      commands.push({ is: name, at });
      return;
    default:
      throw new SyntaxFault(at, describeRefusal(command.text));
  }
}

function parseSet(text: string, command: Word, name: Word | undefined, end: number): Command {
  if (name === undefined) {
    throw new SyntaxFault(command.at, "`\\set` wants a variable name and an expression");
  }
  if (!NAME.test(name.text)) {
    throw new SyntaxFault(name.at, `\`${name.text}\` cannot be a variable name`);
  }
  const value = parseExpression(text, name.at + name.text.length, end);
  return { is: "set", name: name.text, value, at: command.at - 1 };
}

function capture(commands: Command[], command: Word, rest: readonly Word[]): void {
  const name = command.text.toLowerCase();
  if (rest[1] !== undefined)
    throw new SyntaxFault(rest[1].at, `\`\\${name}\` takes one prefix at most`);
  const last = commands.at(-1);
  if (last === undefined || last.is !== "sql" || last.capture !== null) {
    throw new SyntaxFault(command.at - 1, `\`\\${name}\` must follow an SQL command`);
  }
  commands[commands.length - 1] = {
    ...last,
    capture: { prefix: rest[0]?.text ?? "", all: name === "aset" },
  };
}

function describeRefusal(name: string): string {
  if (name === "setshell" || name === "shell") {
    return (
      `\`\\${name}\` is refused: it would start a program for every transaction, which measures this ` +
      "machine and not the database, and it would let an experiment file run commands here"
    );
  }
  return (
    `there is no meta-command \`\\${name}\`; there are set, if, elif, else, endif, sleep, gset, aset, ` +
    "startpipeline, syncpipeline and endpipeline"
  );
}
