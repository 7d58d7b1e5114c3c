/**
 * Pauses replay, and resumes it after so long, or at once where it is cancelled. It goes on when its
 * client is gone: a backend looks for its client only when it has something to say.
 *
 * A cancel within a block that names `query_canceled` is caught by it; no other condition name does.
 *
 * @see https://www.postgresql.org/docs/current/plpgsql-control-structures.html#PLPGSQL-ERROR-TRAPPING
 * @see https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-RECOVERY-CONTROL
 */
export function pausingStatement(timeLimitMs: number): string {
  return `
    do $$
    begin
      begin
        perform pg_wal_replay_pause();
        perform pg_sleep(${timeLimitMs / 1000});
      exception when query_canceled then
        null;
      end;
      if pg_is_in_recovery() then
        perform pg_wal_replay_resume();
      end if;
    end
    $$`;
}
