import { undoEntry } from "../../../contracts/undoer.ts";
import { cancelStatementUndoer } from "../../../undoers/cancel-statement.ts";
import type { ReplayControl } from "../../../contracts/capabilities.ts";
import type { Endpoint } from "../../../lib/endpoint.ts";
import { openConnection, withConnection } from "../../../lib/pg-connection.ts";
import { isSameProcess, processStartOrNull } from "../../../lib/process-identity.ts";
import { memberOf, type LocalMembers } from "./local-members.ts";
import { pausingStatement } from "./pausing-statement.ts";

const ANSWER_MS = 5000;
/** Beyond the time limit: the session ends by itself, and must not be cut before. */
const GRACE_MS = 10_000;
const LOOK_MS = 5;
const STATE = "select pg_get_wal_replay_pause_state() as state";

/**
 * Pauses replay by SQL. The standby itself keeps the time limit: the session that pauses also sleeps
 * and resumes, whatever becomes of its client.
 */
export function replayControl(members: LocalMembers): ReplayControl {
  return {
    async pause(on, { fault, secure, clock, timeLimitMs, signal }) {
      const endpoint = memberOf(members, fault, on).admin;
      const session = await openConnection(endpoint, {
        applicationName: "pgdyno-fault",
        timeoutMs: timeLimitMs + GRACE_MS,
        statementTimeoutMs: 0,
      });
      const pid = session.processId;
      const startedAt = processStartOrNull(pid) ?? "";
      await secure({
        entry: undoEntry(cancelStatementUndoer, {
          pid,
          startedAt,
          title: `pauses replay of ${on}`,
        }),
        undo: async () => {
          await resume(endpoint);
          if (isSameProcess(pid, startedAt)) process.kill(pid, "SIGINT");
          await session.close();
        },
      });
      let failed: unknown = null;
      void session
        .query(pausingStatement(timeLimitMs))
        .catch((error: unknown) => (failed = error)) // A pause that is there needs no answer.
        .then(() => session.close());
      while ((await askState(endpoint)) !== "paused") {
        if (failed !== null) throw failed;
        await clock.sleep(LOOK_MS, signal);
      }
      return `paused the replay of ${on}`;
    },
  };
}

async function askState(endpoint: Endpoint): Promise<string | undefined> {
  return ask(endpoint, STATE);
}

/** A server that is no standby any more replays nothing that could be paused. */
async function resume(endpoint: Endpoint): Promise<void> {
  const state = await ask(
    endpoint,
    `select case when pg_is_in_recovery() then (select pg_wal_replay_resume())::text end as state`,
  );
  if (state === null) return;
  const after = await askState(endpoint);
  if (after !== "not paused") throw new Error(`replay is ${after} after it was resumed`);
}

async function ask(endpoint: Endpoint, sql: string): Promise<string | undefined> {
  const options = { applicationName: "pgdyno-fault", timeoutMs: ANSWER_MS };
  return withConnection(endpoint, options, async (connection) => {
    const [row] = await connection.query<{ state: string }>(sql);
    return row?.state;
  });
}
