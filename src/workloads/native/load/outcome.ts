/**
 * How an operation ended, for the client: `ok` is acknowledged; `ok_warn` is acknowledged without
 * the promise that usually goes with it; `fail` was certainly not done; `unknown` may have been.
 *
 * Only proven non-execution is a `fail`: https://jepsen.io/consistency and Jepsen's `:info`.
 */
import type { Protocol, StatementKind } from "../script/compile-script.ts";
import { isFatal, type ServerMessage } from "../wire/server-message.ts";

export type Outcome = "ok" | "ok_warn" | "fail" | "unknown";

/** What was under way when the connection was lost. */
export interface InFlight {
  /** `null` where no statement was on its way: between two, while preparing or rolling back. */
  readonly kind: StatementKind | null;
  /** Whether the server could have seen any byte of it. */
  readonly wasSent: boolean;
  /** Whether an explicit transaction was open before it. */
  readonly inTransaction: boolean;
  /** Whether an earlier statement of the same script had already committed. */
  readonly committedBefore: boolean;
  /** Whether its CommandComplete had come. */
  readonly wasCompleted: boolean;
  readonly protocol: Protocol;
}

/** The outcome of an operation whose connection was lost or timed out. */
export function judgeLoss(flight: InFlight): Outcome {
  const { kind, committedBefore } = flight;
  const undone: Outcome = committedBefore ? "unknown" : "fail";
  if (kind === null || !flight.wasSent || kind === "begin" || kind === "rollback") return undone;
  if (flight.inTransaction && kind !== "commit") return undone;
  // The extended protocol completes an autocommit statement before the Sync commits it.
  const completionPromises = kind === "commit" || flight.protocol === "simple";
  return flight.wasCompleted && completionPromises ? "ok_warn" : "unknown";
}

/** Answers to COMMIT that prove that nothing was committed. */
const REFUSED_COMMIT = /^(?:40001|40P01|23...|25006)$/;

/** The outcome of an operation that the server, or a proxy before it, answered with an error. */
export function judgeError(kind: StatementKind | null, error: ServerMessage): Outcome {
  // Class 08, a broken connection, is a proxy's word: what the server did it does not know.
  if (isFatal(error) || error.sqlState.startsWith("08"))
    return kind === "commit" || kind === "other" ? "unknown" : "fail";
  if (kind !== "commit") return "fail";
  return REFUSED_COMMIT.test(error.sqlState) ? "fail" : "unknown";
}

/** Whether pgbench would run the transaction again: serialization failure or deadlock. */
export function isRetryable({ sqlState }: ServerMessage): boolean {
  return sqlState === "40001" || sqlState === "40P01";
}
