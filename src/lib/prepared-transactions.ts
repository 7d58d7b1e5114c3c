/**
 * Transactions of a load that were prepared for a two-phase commit and never ended. They outlive their
 * session and the server, hold their locks, and keep a database from being dropped or vacuumed.
 *
 * @see https://www.postgresql.org/docs/current/sql-prepare-transaction.html
 */
import type { Connection } from "./pg-connection.ts";
import { splitParameters } from "./pgbench-script/split-parameters.ts";
import { splitStatements } from "./pgbench-script/sql-statements.ts";

/** What tells the prepared transactions of a load from everybody else's. */
export interface PreparedMarks {
  /** What the scripts' identifiers look like, as regular expressions without delimiters. */
  readonly patterns: readonly string[];
  /** Identifiers that were there before the load. */
  readonly before: readonly string[];
}

/** The identifiers that these commands prepare, as they stand there: `order-:client_id`. */
export function preparedNames(commands: readonly string[]): string[] {
  return commands.flatMap((command) =>
    splitStatements(command).flatMap((parts) => {
      const [first, second, ...name] = parts.map(({ text }) => text);
      if (first !== "prepare" || second !== "transaction") return [];
      return [withoutQuotes(name.join(""))];
    }),
  );
}

/** Of a plain literal; anything else may come out as any text. */
function withoutQuotes(literal: string): string {
  return /^'([^]*)'$/.exec(literal)?.[1] ?? ":any";
}

/** The identifiers that one of a script can become: each variable stands for any text. */
export function patternOf(name: string): string {
  const { texts } = splitParameters(name.replaceAll("''", "'"));
  return `^${texts.map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*")}$`;
}

/** How many transactions can be prepared at a time; 0 where none can. */
export async function readPreparedMax({ query }: Pick<Connection, "query">): Promise<number> {
  const [row] = await query<{ max: string }>(
    "select current_setting('max_prepared_transactions') as max",
  );
  return Number(row!.max);
}

/** What is prepared now, in any database, so that it is left alone. */
export async function markPrepared(
  connection: Pick<Connection, "query">,
  names: readonly string[],
): Promise<PreparedMarks> {
  const rows = await connection.query<{ gid: string }>("select gid from pg_prepared_xacts");
  return { patterns: names.map(patternOf), before: rows.map(({ gid }) => gid) };
}

/**
 * Rolls back what the load left: not there before it, in this database, by this role, with an identifier
 * that its scripts can have made.
 *
 * @returns the identifiers that were rolled back.
 */
export async function rollBackPrepared(
  connection: Pick<Connection, "query">,
  { patterns, before }: PreparedMarks,
): Promise<string[]> {
  const rows = await connection.query<{ gid: string; command: string }>(
    `select gid, format('rollback prepared %L', gid) as command
       from pg_prepared_xacts
      where database = current_database() and owner = current_user
        and gid <> all ($1::text[])`,
    [before],
  );
  const expressions = patterns.map((pattern) => new RegExp(pattern, "s"));
  const ours = rows.filter(({ gid }) => expressions.some((expression) => expression.test(gid)));
  for (const { command } of ours) await connection.query(command);
  return ours.map(({ gid }) => gid);
}

/** Between two looks: what a session that was cut off still prepares is there by then. */
const LOOK_AGAIN_MS = 500;
const LOOKS_MAX = 20;

/** Looks until two looks in a row find nothing. @returns the identifiers that were rolled back. */
export async function rollBackAllPrepared(
  connection: Pick<Connection, "query">,
  marks: PreparedMarks,
  sleep: (ms: number) => Promise<void>,
): Promise<string[]> {
  const gids: string[] = [];
  for (let look = 0, quiet = 0; look < LOOKS_MAX && quiet < 2; look++) {
    if (look > 0) await sleep(LOOK_AGAIN_MS);
    const found = await rollBackPrepared(connection, marks);
    quiet = found.length === 0 ? quiet + 1 : 0;
    gids.push(...found);
  }
  return gids;
}
