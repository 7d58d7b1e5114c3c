/**
 * Finds what a protocol cannot carry: pipelines need the extended one, and there a variable is a
 * parameter, which can stand only where the server takes one.
 *
 * Source: https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY and
 * tries on PostgreSQL 15.
 */
import type { Report } from "./fault.ts";
import { findVariables, type VariableUse } from "./find-variables.ts";
import { placeInScript, type Command, type ParsedScript } from "./parse-script.ts";
import type { Protocol } from "./protocol.ts";
import { splitStatements, type SqlPart } from "./sql-statements.ts";

/** Protocol 3.0 carries more, but pgbench refuses more, and scripts should run in both. */
const PARAMETERS_MAX = 255;

const WAY_OUT = "`protocol: simple` treats it as text";

/** Tells what the load's protocol cannot carry. */
export function checkProtocol(script: ParsedScript, protocol: Protocol, report: Report): void {
  for (const command of script.commands) {
    if (protocol === "simple") {
      if (command.is !== "startpipeline") continue;
      report(command.at, "a pipeline needs the protocol `extended` or `prepared`");
    } else if (command.is === "sql") checkCommand(command, report);
  }
}

function checkCommand(command: Command & { readonly is: "sql" }, report: Report): void {
  const reportAt = (at: number, message: string): void =>
    report(placeInScript(command, at), message);
  const statements = splitStatements(command.text);
  const [first = [], second] = statements;
  if (second !== undefined) {
    const message = "`\\;` joins statements, and only `protocol: simple` sends several in one";
    return reportAt(second[0]!.at, message);
  }
  const uses = findVariables(command.text);
  if (uses.length > PARAMETERS_MAX) {
    const message = `the statement has ${uses.length} parameters, and at most ${PARAMETERS_MAX} are possible`;
    reportAt(0, message);
  }
  for (const use of uses) {
    const message = explainPlaceOrNull(use) ?? explainStatementOrNull(first, use);
    if (message !== null) reportAt(use.at, message);
  }
}

function explainPlaceOrNull({ name, within, isGlued, mayBeSql }: VariableUse): string | null {
  const variable = `\`:${name}\``;
  if (within === "comment") {
    return `${variable} in a comment counts as a parameter that the statement does not have: write the comment without the colon`;
  }
  if (within !== "code") {
    const where = within === "text" ? "quotes" : "a quoted name";
    return `${variable} inside ${where} cannot be a parameter; ${WAY_OUT}`;
  }
  if (mayBeSql && isGlued) {
    return `${variable} is read as a variable here, joined to what stands before it: write \`: ${name}\` where a column is meant, and \`: :${name}\` where the variable is`;
  }
  if (isGlued)
    return `${variable} is joined to what stands before it, and cannot be a parameter; ${WAY_OUT}`;
  return null;
}

/** First words of statements that may have parameters, and of those that may where they hold a query. */
const TAKES_PARAMETERS = new Set(
  "select insert update delete merge values with table explain declare call (".split(" "),
);
/** Types whose name may stand before a text constant, and before nothing else. */
const TYPED_CONSTANTS = new Set(["date", "interval", "time", "timestamp", "timestamptz"]);

function explainStatementOrNull(
  parts: readonly SqlPart[],
  { name, at }: VariableUse,
): string | null {
  const first = parts[0]?.text ?? "";
  if (first === ":") return `a statement cannot begin with a parameter; ${WAY_OUT}`;
  if (!TAKES_PARAMETERS.has(first) && !isTableOfQuery(parts)) {
    return `${first.toUpperCase()} takes no parameters, and \`:${name}\` would be one; ${WAY_OUT}`;
  }
  const before = parts.findLast((part) => part.at < at);
  if (before?.is === "word" && TYPED_CONSTANTS.has(before.text)) {
    return `behind ${before.text.toUpperCase()} the server wants a constant, and \`:${name}\` would be a parameter: write \`:${name}::${before.text}\``;
  }
  return null;
}

/** `CREATE TABLE … AS SELECT …`; a materialized view takes none. */
function isTableOfQuery(parts: readonly SqlPart[]): boolean {
  if (parts[0]?.text !== "create") return false;
  const words = parts.map(({ text }) => text);
  const table = words.indexOf("table");
  if (table === -1 || table > 3) return false;
  const as = words.indexOf("as", table);
  return as !== -1 && ["select", "with", "values", "table", "("].includes(words[as + 1] ?? "");
}
