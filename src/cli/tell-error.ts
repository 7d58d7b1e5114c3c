import { DynoError } from "../lib/errors.ts";
import type { ExitStatus } from "./exit-codes.ts";
import { paint, type Io } from "./io.ts";

const ISSUES_URL = "the project's issue tracker";

/**
 * Says what went wrong and what to do, for people or as JSON; gives the exit status.
 *
 * An `AggregateError` of nothing is an interruption: there is nothing to tell.
 */
export function tellError(error: unknown, { io, asJson }: { io: Io; asJson: boolean }): ExitStatus {
  const expected = listExpected(error);
  if (expected === null) {
    tellBug(error, io, asJson);
    return 70;
  }
  for (const { code, message, hint, exit, facts } of expected) {
    if (asJson) io.err(JSON.stringify({ error: { code, message, hint, exit, facts } }));
    else io.err(`${paint(io, "red", message)}\n${hint} (${code})`);
  }
  return (expected[0]?.exit ?? 130) as ExitStatus;
}

/** `null` where something was thrown that nobody expected. */
function listExpected(error: unknown): DynoError[] | null {
  if (error instanceof DynoError) return [error];
  if (!(error instanceof AggregateError)) return null;
  const lists = error.errors.map(listExpected);
  return lists.every((list) => list !== null) ? lists.flat() : null;
}

function tellBug(error: unknown, io: Io, asJson: boolean): void {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const inside =
    error instanceof AggregateError
      ? error.errors.map((e) => (e instanceof Error ? (e.stack ?? e.message) : String(e)))
      : [];
  const all = [stack, ...inside].join("\n");
  if (asJson) {
    io.err(
      JSON.stringify({ error: { code: "BUG", message: all, hint: "Please report it.", exit: 70 } }),
    );
    return;
  }
  io.err(`${paint(io, "red", "This is a bug in pgdyno.")}\n${all}`);
  io.err(
    `Please report it to ${ISSUES_URL}, with the text above and the output of \`pgdyno doctor\`.`,
  );
}
