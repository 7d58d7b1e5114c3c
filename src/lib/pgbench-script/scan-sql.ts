/**
 * Finds where one SQL command of a script ends, by psql's rules: a semicolon outside quotes,
 * comments, parentheses and `BEGIN ATOMIC` bodies, a backslash command, or the end of the script.
 *
 * Source: https://www.postgresql.org/docs/current/pgbench.html#PGBENCH-CUSTOM-SCRIPTS.
 */
import { readSqlToken } from "./sql-token.ts";

/** One SQL command, and how it ended. */
export interface ScannedSql {
  /** With its semicolon; comments and space before the command are left out; may be empty. */
  readonly text: string;
  /** Offset of the command's first character in the script. */
  readonly start: number;
  /** Where scanning goes on; after a `backslash` stop, just behind the backslash. */
  readonly end: number;
  readonly stop: "semicolon" | "backslash" | "end";
  /** Offsets in `text` before which a backslash of `\;` or `\:` was dropped. */
  readonly dropped: readonly number[];
}

/** Reads the command that begins at an offset of a script, or behind the space there. */
export function scanSql(script: string, from: number): ScannedSql {
  const scan = new SqlScan(script, from);
  return scan.run();
}

class SqlScan {
  private readonly script: string;
  private at: number;
  private start = -1;
  private text = "";
  private parentheses = 0;
  private readonly words: string[] = [];
  private readonly dropped: number[] = [];
  private bodies = 0;

  constructor(script: string, from: number) {
    this.script = script;
    this.at = from;
  }

  run(): ScannedSql {
    while (this.at < this.script.length) {
      const character = this.script[this.at] as string;
      if (character === "\\") {
        const next = this.script[this.at + 1];
        if (next !== ";" && next !== ":") return this.finish("backslash", this.at + 1);
        // `\;` joins two statements in one command, `\:` keeps the colon.
        this.at++;
        this.dropped.push(this.text.length);
        this.take(1);
        continue;
      }
      if (character === ";" && this.parentheses === 0 && this.bodies === 0) {
        this.take(1);
        return this.finish("semicolon", this.at);
      }
      this.takeToken(character);
    }
    return this.finish("end", this.at);
  }

  private takeToken(character: string): void {
    const { is, length } = readSqlToken(this.script, this.at);
    if (is === "space" && this.text === "") {
      this.at += length;
      return;
    }
    if (is === "word") {
      this.noteWord(this.script.slice(this.at, this.at + length).toLowerCase());
    } else if (is === "symbol") {
      if (character === "(") this.parentheses++;
      else if (character === ")" && this.parentheses > 0) this.parentheses--;
    }
    this.take(length);
  }

  /** Semicolons inside `create function … begin atomic … end` end nothing. */
  private noteWord(word: string): void {
    if (this.parentheses > 0) return;
    if (this.words.length < 4) this.words.push(word);
    const [first, second, third, fourth] = this.words;
    const isRoutine = (kind: string | undefined): boolean =>
      kind === "function" || kind === "procedure";
    const replaces = second === "or" && third === "replace" && isRoutine(fourth);
    if (first !== "create" || !(isRoutine(second) || replaces)) return;
    if (word === "begin") this.bodies++;
    else if (word === "case" && this.bodies > 0) this.bodies++;
    else if (word === "end" && this.bodies > 0) this.bodies--;
  }

  private take(length: number): void {
    if (this.start === -1) this.start = this.at;
    this.text += this.script.slice(this.at, this.at + length);
    this.at += length;
  }

  private finish(stop: ScannedSql["stop"], end: number): ScannedSql {
    const start = this.start === -1 ? this.at : this.start;
    return { text: this.text, start, end, stop, dropped: this.dropped };
  }
}
