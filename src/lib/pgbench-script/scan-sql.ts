/**
 * Finds where one SQL command of a script ends, by psql's rules: a semicolon outside quotes,
 * comments, parentheses and `BEGIN ATOMIC` bodies, a backslash command, or the end of the script.
 *
 * Source: https://www.postgresql.org/docs/current/pgbench.html#PGBENCH-CUSTOM-SCRIPTS and
 * https://www.postgresql.org/docs/current/sql-syntax-lexical.html.
 */
export interface ScannedSql {
  /** With its semicolon; comments and space before the command are left out; may be empty. */
  readonly text: string;
  /** Offset of the command's first character in the script. */
  readonly start: number;
  /** Where scanning goes on; after a `backslash` stop, just behind the backslash. */
  readonly end: number;
  readonly stop: "semicolon" | "backslash" | "end";
}

const SPACE_OR_LINE_COMMENT = /(?:[ \t\n\r\f\v]+|--[^\n\r]*)+/y;
const WORD = /[A-Za-z_\u0080-\uffff][A-Za-z_0-9$\u0080-\uffff]*/y;
const NUMBER = /[0-9][0-9A-Za-z_.]*/y;
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z_0-9\u0080-\uffff]*)?\$/y;

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
  private bodies = 0;

  constructor(script: string, from: number) {
    this.script = script;
    this.at = from;
  }

  run(): ScannedSql {
    while (this.at < this.script.length) {
      const space = this.match(SPACE_OR_LINE_COMMENT);
      if (space !== null) {
        if (this.text === "") this.at += space.length;
        else this.take(space.length);
        continue;
      }
      const character = this.script[this.at] as string;
      if (character === "\\") {
        const next = this.script[this.at + 1];
        if (next !== ";" && next !== ":") return this.finish("backslash", this.at + 1);
        // `\;` joins two statements in one command, `\:` keeps the colon.
        this.at++;
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
    if (character === "(") this.parentheses++;
    else if (character === ")" && this.parentheses > 0) this.parentheses--;
    else if (character === "'") return this.takeQuoted("'", false);
    else if (character === '"') return this.takeQuoted('"', false);
    else if (this.script.startsWith("/*", this.at)) return this.takeBlockComment();
    const tag = character === "$" ? this.match(DOLLAR_TAG) : null;
    if (tag !== null) return this.takeThrough(tag, tag.length);
    const word = this.match(WORD);
    if (word !== null) return this.takeWord(word);
    this.take(this.match(NUMBER)?.length ?? 1);
  }

  private takeWord(word: string): void {
    this.take(word.length);
    if (word.toLowerCase() === "e" && this.script[this.at] === "'") {
      return this.takeQuoted("'", true);
    }
    this.noteWord(word.toLowerCase());
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

  private takeQuoted(quote: string, escapes: boolean): void {
    let end = this.at + 1;
    while (end < this.script.length && this.script[end] !== quote) {
      end += escapes && this.script[end] === "\\" ? 2 : 1;
    }
    this.take(Math.min(end + 1, this.script.length) - this.at);
  }

  private takeBlockComment(): void {
    let depth = 0;
    let end = this.at;
    do {
      if (this.script.startsWith("/*", end)) depth++;
      else if (this.script.startsWith("*/", end)) depth--;
      else {
        end++;
        continue;
      }
      end += 2;
    } while (depth > 0 && end < this.script.length);
    this.take(end - this.at);
  }

  private takeThrough(mark: string, skip: number): void {
    const close = this.script.indexOf(mark, this.at + skip);
    this.take((close === -1 ? this.script.length : close + mark.length) - this.at);
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    return pattern.exec(this.script)?.[0] ?? null;
  }

  private take(length: number): void {
    if (this.start === -1) this.start = this.at;
    this.text += this.script.slice(this.at, this.at + length);
    this.at += length;
  }

  private finish(stop: ScannedSql["stop"], end: number): ScannedSql {
    return { text: this.text, start: this.start === -1 ? this.at : this.start, end, stop };
  }
}
