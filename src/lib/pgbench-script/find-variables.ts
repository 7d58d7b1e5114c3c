import { readSqlToken, type SqlToken } from "./sql-token.ts";

/** One `:name` in a command. */
export interface VariableUse {
  readonly name: string;
  /** Offset of the colon in the command's text. */
  readonly at: number;
  /** What it stands in: `code`, or a quoted text, a quoted identifier, a comment. */
  readonly within: "code" | "text" | "identifier" | "comment";
  /** Whether a colon may be SQL's own there: a slice's, between `[` and `]`, or `JSON_OBJECT`'s. */
  readonly mayBeSql: boolean;
  /** Whether something else ends right before it: a word, a number, a text, another variable. */
  readonly isGlued: boolean;
}

const NAME = /[A-Za-z_\u0080-\uffff][A-Za-z_0-9\u0080-\uffff]*/y;

/**
 * Every variable that pgbench sees in a command: everywhere, inside quotes and comments too, but
 * never behind `::`.
 */
export function findVariables(command: string): VariableUse[] {
  const uses: VariableUse[] = [];
  let token: SqlToken | null = null;
  const nesting = new Nesting();
  for (let at = 0; at < command.length;) {
    token = token !== null && at < token.at + token.length ? token : readSqlToken(command, at);
    if (command[at] !== ":") {
      const isCode = token.is === "symbol" || token.is === "word" || token.is === "number";
      if (isCode) nesting.note(command.slice(at, token.at + token.length));
      at = isCode ? token.at + token.length : at + 1;
      continue;
    }
    NAME.lastIndex = at + 1;
    const name = NAME.exec(command)?.[0];
    if (name === undefined) {
      while (command[at] === ":") at++;
      continue;
    }
    const within = whereIs(token);
    const last = uses.at(-1);
    uses.push({
      name,
      at,
      within,
      mayBeSql: within === "code" && nesting.takesColons(),
      isGlued:
        /[\w$'")\]\u0080-\uffff]/.test(command[at - 1] ?? "") ||
        (last !== undefined && last.at + last.name.length + 1 === at),
    });
    at += 1 + name.length;
  }
  return uses;
}

/** SQL/JSON's, which take `key : value`. */
const TAKES_COLONS = /^json_object(?:agg)?$/i;

/** The parentheses and brackets that are open, and whether each may hold colons. */
class Nesting {
  private readonly open: boolean[] = [];
  private last = "";

  note(code: string): void {
    if (code === "(") this.open.push(TAKES_COLONS.test(this.last));
    else if (code === "[") this.open.push(true);
    else if (code === ")" || code === "]") this.open.pop();
    this.last = code;
  }

  takesColons(): boolean {
    return this.open.includes(true);
  }
}

function whereIs({ is }: SqlToken): VariableUse["within"] {
  if (is === "text" || is === "identifier") return is;
  // A space that holds a colon is a line comment.
  return is === "comment" || is === "space" ? "comment" : "code";
}
