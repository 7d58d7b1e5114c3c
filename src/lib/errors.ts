import { ERRORS } from "./error-catalog.ts";

/** What people search for: a code is never renamed. */
export type ErrorCode = keyof typeof ERRORS;

/** What fills the `{name}`s of an error's text. Never a secret. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

/**
 * An expected failure: the user, the machine or the server can put it right.
 * Anything else that is thrown is a bug in this program and keeps its stack.
 */
export class DynoError extends Error {
  override readonly name = "DynoError";
  readonly code: ErrorCode;
  readonly hint: string;
  readonly facts: Facts;
  /** Process exit status, by who has to act; see `docs/reference/errors.md`. */
  readonly exit: number;

  constructor(code: ErrorCode, facts: Facts, options?: { cause?: unknown }) {
    super(fill(ERRORS[code].what, facts), options);
    this.code = code;
    this.facts = facts;
    this.hint = fill(ERRORS[code].hint, facts);
    this.exit = ERRORS[code].exit;
  }
}

/** The text of any thrown value, one line, without its stack. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.map(messageOf).join("; ");
  }
  return error instanceof Error ? error.message : String(error);
}

function fill(text: string, facts: Facts): string {
  return text.replace(/\{(\w+)\}/g, (_, key: string) => String(facts[key] ?? `<${key}?>`));
}
