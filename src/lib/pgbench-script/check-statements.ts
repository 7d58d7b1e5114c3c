/** Finds statements that a load cannot carry, or that go wrong the second time a client runs them. */
import type { Report } from "./fault.ts";
import { findVariables } from "./find-variables.ts";
import { followBranches } from "./follow-branches.ts";
import { placeInScript, type Command, type ParsedScript } from "./parse-script.ts";
import { readTransactionEffect, splitStatements, type SqlPart } from "./sql-statements.ts";

/** What of a load matters here. */
export interface LoadFacts {
  readonly tool: "native" | "pgbench";
  readonly clients: number;
  /** Whether each transaction has a connection of its own. */
  readonly connects: boolean;
}

interface Reports {
  readonly fault: Report;
  readonly warning: Report;
}

interface Statement {
  readonly parts: readonly SqlPart[];
  readonly words: readonly string[];
  /** Offset in the script. */
  readonly at: number;
  /** The place in the script of an offset in the command. */
  place(offset: number): number;
}

/** `all` are the scripts of the load: one may take away what another one leaves. */
export function checkStatements(
  script: ParsedScript,
  all: readonly ParsedScript[],
  facts: LoadFacts,
  report: Reports,
): void {
  const everything = all.flatMap(({ commands }) => commands.flatMap(listStatements));
  for (const command of script.commands) {
    if (command.is !== "sql") continue;
    for (const statement of listStatements(command)) {
      checkCopy(statement, facts, report.fault);
      checkQuotedVariables(statement, report.fault);
      checkPrepareTransaction(statement, everything, facts, report.warning);
      if (!facts.connects) checkLeftovers(statement, everything, report.warning);
    }
  }
  checkOpenTransaction(script, report);
}

function listStatements(command: Command): Statement[] {
  if (command.is !== "sql") return [];
  return splitStatements(command.text).map((parts) => ({
    parts,
    words: parts.map(({ text }) => text),
    at: placeInScript(command, parts[0]!.at),
    place: (offset) => placeInScript(command, offset),
  }));
}

function startsWith({ words }: Statement, ...start: readonly string[]): boolean {
  return start.every((word, i) => words[i] === word);
}

/** The grammar takes STDIN and STDOUT for either direction: what counts is FROM or TO. */
function checkCopy({ words, parts, place }: Statement, { tool }: LoadFacts, fault: Report): void {
  if (words[0] !== "copy") return;
  const at = parts.findIndex(({ is, text }) => is === "word" && /^std(?:in|out)$/.test(text));
  const direction = words[at - 1];
  if (direction === "from") {
    fault(
      place(parts[at]!.at),
      "`COPY … FROM STDIN` waits for rows that a script cannot give: use `INSERT`, or `COPY … FROM` a file of the server's",
    );
  } else if (direction === "to" && tool === "pgbench") {
    fault(
      place(parts[at]!.at),
      "pgbench ends at the rows of `COPY … TO STDOUT`: the workload `native` reads them",
    );
  }
}

function checkPrepareTransaction(
  statement: Statement,
  everything: readonly Statement[],
  { clients }: LoadFacts,
  warning: Report,
): void {
  if (!startsWith(statement, "prepare", "transaction")) return;
  const name = statement.words[2] ?? "";
  if (clients > 1 && findVariables(name).length === 0) {
    warning(
      statement.at,
      `every client prepares under the name ${name}, and only one can at a time: put the client's number into it, as in \`'x_:client_id'\` with \`protocol: simple\``,
    );
  }
  if (!everything.some(({ words }) => words[1] === "prepared")) {
    warning(
      statement.at,
      "no script ends what is prepared here: its locks stay, and vacuum cannot go past it, until `COMMIT PREPARED` or `ROLLBACK PREPARED`",
    );
  }
}

/** What a session keeps, so that a client's second transaction meets it. */
function checkLeftovers(
  statement: Statement,
  everything: readonly Statement[],
  warning: Report,
): void {
  const { words, at } = statement;
  const isDone = (...start: readonly string[]): boolean =>
    everything.some((other) => startsWith(other, ...start));
  if (words[0] === "listen" && !isDone("unlisten")) {
    const message =
      "the client listens from here on: notifications reach it all along, and nothing reads them";
    warning(at, message);
  }
  if (words[0] === "prepare" && words[1] !== "transaction" && !isDone("deallocate")) {
    warning(
      at,
      tellSecondTime(`the prepared statement ${words[1]} is there already`, "DEALLOCATE"),
    );
  }
  const query = words.indexOf("for");
  const holds = words
    .slice(0, query === -1 ? undefined : query)
    .join(" ")
    .includes("with hold");
  if (words[0] === "declare" && holds && !isDone("close")) {
    warning(at, tellSecondTime(`the cursor ${words[1]} is still open`, "CLOSE"));
  }
  checkTable(statement, everything, warning);
}

function checkTable(
  { words, parts, at }: Statement,
  everything: readonly Statement[],
  warning: Report,
): void {
  const table = words.indexOf("table");
  const name = words[table + 1];
  if (words[0] !== "create" || table < 1 || table > 3 || name === "if") return;
  // Taken away by a ROLLBACK or DROP, or another table each time: a variable is in its name.
  const isTakenAway =
    words.join(" ").includes("on commit drop") ||
    everything.some((other) => startsWith(other, "drop", "table")) ||
    everything.some((other) => readTransactionEffect(other.parts) === "rollback");
  if (isTakenAway || (parts[table + 2]?.text === ":" && parts[table + 1]!.is === "word")) return;
  warning(at, tellSecondTime(`the table ${name} is there already`, "DROP TABLE"));
}

function tellSecondTime(what: string, wayOut: string): string {
  return `this fails the second time a client runs it, since ${what}: end with \`${wayOut}\``;
}

/** psql's `:'name'` and `:"name"`; in brackets it may be a slice. */
function checkQuotedVariables({ parts, place }: Statement, fault: Report): void {
  let brackets = 0;
  for (const [i, { is, text, at }] of parts.entries()) {
    if (is === "symbol" && text === "[") brackets++;
    if (is === "symbol" && text === "]") brackets--;
    const next = parts[i + 1];
    const isQuoted = next?.is === "text" || next?.is === "identifier";
    if (text !== ":" || parts[i - 1]?.text === ":" || brackets > 0) continue;
    if (!isQuoted || next.at !== at + 1) continue;
    const name = next.text.slice(1, -1);
    const quote = next.text[0];
    fault(
      place(at),
      `\`:${next.text}\` is psql's way to quote a variable, which pgbench does not have: with \`protocol: simple\` write \`${quote}:${name}${quote}\``,
    );
  }
}

/** Whether a transaction is open, and where it began. */
interface Openness {
  readonly since: number | null;
  /** Whether it is open on every way to here. */
  readonly isCertain: boolean;
}

/** A client that reaches the end of its script inside a transaction stops, as pgbench's since 15. */
function checkOpenTransaction(script: ParsedScript, report: Reports): void {
  const { since, isCertain } = followBranches<Openness>(
    script.commands,
    { since: null, isCertain: false },
    {
      step: followTransaction,
      join: (a, b) => ({ since: a.since ?? b.since, isCertain: a.isCertain && b.isCertain }),
    },
  );
  if (since === null) return;
  const [tell, is] = isCertain ? [report.fault, "is still"] : [report.warning, "may still be"];
  tell(
    since,
    `the transaction that begins here ${is} open at the script's end, and a client stops there: end it with \`COMMIT\` or \`ROLLBACK\``,
  );
}

function followTransaction(before: Openness, command: Command): Openness {
  let { since, isCertain } = before;
  for (const { parts, words, at } of listStatements(command)) {
    const effect = readTransactionEffect(parts);
    if (effect === "other") continue;
    const isOpen = effect === "begin" || (words.includes("chain") && !words.includes("no"));
    since = isOpen ? (effect === "begin" ? (since ?? at) : at) : null;
    isCertain = isOpen;
  }
  return { since, isCertain };
}
