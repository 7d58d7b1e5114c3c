/**
 * Reads a pgbench script into commands. Finds every fault at once, with line and column.
 *
 * Source: https://www.postgresql.org/docs/current/pgbench.html#PGBENCH-CUSTOM-SCRIPTS.
 */
import { checkStructure } from "./check-structure.ts";
import { explainMetaFault, explainUnknownCommand } from "./explain-meta-fault.ts";
import { locate, SyntaxFault, type ScriptFault } from "./fault.ts";
import { parseExpression, type Expression } from "./parse-expression.ts";
import { parseSleep, type SleepTime } from "./parse-sleep.ts";
import { scanSql } from "./scan-sql.ts";

/** Where the answer's columns go; `all` for `\aset`, whose statements may give any number of rows. */
export interface Capture {
  readonly prefix: string;
  readonly all: boolean;
}

/** One command of a script; `at` is its offset there. */
export type Command =
  | {
      readonly is: "sql";
      readonly text: string;
      readonly capture: Capture | null;
      readonly at: number;
      /** Of its first word in the script, from 1. */
      readonly line: number;
      /** Offsets in `text` before which a backslash of `\;` or `\:` was dropped. */
      readonly dropped: readonly number[];
    }
  | { readonly is: "set"; readonly name: string; readonly value: Expression; readonly at: number }
  | { readonly is: "if" | "elif"; readonly condition: Expression; readonly at: number }
  | { readonly is: "sleep"; readonly time: SleepTime; readonly at: number }
  | {
      /** `\shell`, where `name` is `null`, or `\setshell`. */
      readonly is: "shell";
      readonly name: string | null;
      readonly words: readonly ShellWord[];
      readonly at: number;
    }
  | {
      readonly is: "else" | "endif" | "startpipeline" | "syncpipeline" | "endpipeline";
      readonly at: number;
    };

/** A word of a program to run: as it stands, or the value of a variable. */
export type ShellWord = string | { readonly variable: string; readonly at: number };

/** A script with what could be read of it; with faults, `commands` lacks some. */
export interface ParsedScript {
  readonly name: string;
  readonly text: string;
  readonly commands: readonly Command[];
  readonly faults: readonly ScriptFault[];
}

const WORD = /[^ \t\r\f\v\n]+?(?=\\\r?\n|[ \t\r\f\v\n]|$)/y;
const GAP = /(?:[ \t\r\f\v]|\\\r?\n)+/y;
const NAME = /^[A-Za-z_\u0080-\uffff][A-Za-z_0-9\u0080-\uffff]*$/;

/** A word of a meta-command, and its offset in the script. */
export interface Word {
  readonly text: string;
  readonly at: number;
}

/** Reads a whole script. Touches nothing, and never throws for what is in it. */
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
      const { dropped, start } = sql;
      commands.push({ is: "sql", text: sql.text, capture: null, at: start, line, dropped });
    }
    if (sql.stop === "end") break;
    at = sql.end;
    if (sql.stop === "semicolon") continue;
    const end = endOfMetaCommand(text, at);
    try {
      addMetaCommand(text, at, end, commands);
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error;
      const { offset, message } = explainMetaFault(text, at, end, error);
      report(offset, message);
    }
    at = Math.min(end + 1, text.length);
  }
  if (commands.length === 0 && faults.length === 0) report(0, "the script holds no command");
  // Structure is judged only where every command could be read; else it would blame the innocent.
  if (faults.length === 0) checkStructure(commands, text.length, report);
  return {
    name,
    text,
    commands,
    faults: faults.sort((a, b) => a.line - b.line || a.column - b.column),
  };
}

/** The offset in the script of an offset in a command's text. */
export function placeInScript(command: Command & { readonly is: "sql" }, offset: number): number {
  return command.at + offset + command.dropped.filter((at) => at <= offset).length;
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
    case "setshell":
    case "shell":
      commands.push(parseShell(command, rest));
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
      throw new SyntaxFault(at, explainUnknownCommand(command.text, rest));
  }
}

function parseSet(text: string, command: Word, name: Word | undefined, end: number): Command {
  if (name === undefined) {
    throw new SyntaxFault(command.at, "`\\set` wants a variable name and an expression");
  }
  requireName(name);
  const value = parseExpression(text, name.at + name.text.length, end);
  return { is: "set", name: name.text, value, at: command.at - 1 };
}

function capture(commands: Command[], command: Word, rest: readonly Word[]): void {
  const name = command.text.toLowerCase();
  if (rest[1] !== undefined)
    throw new SyntaxFault(rest[1].at, `\`\\${name}\` takes one prefix at most`);
  if (rest[0] !== undefined) requireName(rest[0]);
  const last = commands.at(-1);
  if (last === undefined || last.is !== "sql" || last.capture !== null) {
    throw new SyntaxFault(command.at - 1, `\`\\${name}\` must follow an SQL command`);
  }
  commands[commands.length - 1] = {
    ...last,
    capture: { prefix: rest[0]?.text ?? "", all: name === "aset" },
  };
}

/** The words of `\shell` and `\setshell` are joined by one space; `::x` is the text `:x`. */
function parseShell(command: Word, rest: readonly Word[]): Command {
  const sets = command.text.toLowerCase() === "setshell";
  const name = sets ? (rest[0] ?? null) : null;
  const words = sets ? rest.slice(1) : rest;
  if (words.length === 0) {
    const wanted = sets ? "a variable name and a program" : "a program";
    throw new SyntaxFault(command.at - 1, `\`\\${command.text}\` wants ${wanted}`);
  }
  if (name !== null) requireName(name);
  return {
    is: "shell",
    name: name?.text ?? null,
    words: words.map(readShellWord),
    at: command.at - 1,
  };
}

function readShellWord({ text, at }: Word): ShellWord {
  if (text.startsWith("::")) return text.slice(1);
  return text.startsWith(":") ? { variable: text.slice(1), at } : text;
}

function requireName({ text, at }: Word): void {
  if (!NAME.test(text)) throw new SyntaxFault(at, `\`${text}\` cannot be a variable name`);
}
