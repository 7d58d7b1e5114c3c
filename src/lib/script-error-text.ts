/** An error of a script as far as it is told to people; fields as in the record. */
export interface ToldError {
  readonly sqlState: string | null;
  readonly message: string;
  readonly hint: string | null;
  readonly script: string | null;
  readonly line: number | null;
  readonly statement: string | null;
}

/** Longer statements are cut: they are found by their line. */
const STATEMENT_CHARACTERS_MAX = 200;

/** `deposit.sql:3: relation "t" does not exist (SQLSTATE 42P01)`: one line, without full stop. */
export function tellScriptError({ sqlState, message, script, line }: ToldError): string {
  const place = script === null ? "" : `${script}${line === null ? "" : `:${line}`}: `;
  const code = sqlState === null ? "" : ` (SQLSTATE ${sqlState})`;
  return `${place}${oneLine(message)}${code}`;
}

/** The same, with its statement and the server's hint on lines of their own. */
export function explainScriptError(error: ToldError): string {
  const { statement, hint } = error;
  return [
    tellScriptError(error),
    ...(statement === null ? [] : [`    ${shorten(oneLine(statement))}`]),
    ...(hint === null ? [] : [`    Hint of the server: ${oneLine(hint)}`]),
  ].join("\n");
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function shorten(text: string): string {
  return text.length <= STATEMENT_CHARACTERS_MAX
    ? text
    : `${text.slice(0, STATEMENT_CHARACTERS_MAX - 1)}…`;
}
