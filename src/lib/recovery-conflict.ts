/** SQLSTATE `serialization_failure`: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const SERIALIZATION_FAILURE = "40001";

/**
 * True where replay on a standby ended a statement or a session that was in its way. A statement that
 * only reads, alone in its transaction, gets this SQLSTATE for nothing else. Looks at causes, too.
 *
 * @see https://www.postgresql.org/docs/current/hot-standby.html#HOT-STANDBY-CONFLICT
 */
export function isRecoveryConflict(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  const { code, cause, errors } = error as {
    readonly code?: unknown;
    readonly cause?: unknown;
    readonly errors?: unknown;
  };
  if (code === SERIALIZATION_FAILURE || isRecoveryConflict(cause)) return true;
  return Array.isArray(errors) && errors.some(isRecoveryConflict);
}
