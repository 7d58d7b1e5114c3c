import type { Clock } from "../../../lib/clock.ts";
import type { Endpoint } from "../../../lib/endpoint.ts";
import { withConnection } from "../../../lib/pg-connection.ts";
import { findPostmaster } from "../../../lib/postgresql-process.ts";
import { isSameProcess, type ProcessIdentity } from "../../../lib/process-identity.ts";
import { memberOf, type LocalMembers } from "./local-members.ts";

/** Crash recovery, a rewind or a fresh copy: what the cluster may need to bring a member back. */
const BACK_MS = 120_000;
const ANSWER_MS = 2000;
const LOOK_MS = 20;

/**
 * Waits until a server without any of the ended processes runs there and answers. Starting it is
 * the cluster's part; a member that is to be down stays down, and is waited for by nobody.
 *
 * @throws where it does not come back.
 */
export async function untilRunsAgain(
  {
    members,
    on,
    clock,
  }: { readonly members: LocalMembers; readonly on: string; readonly clock: Clock },
  ended: readonly ProcessIdentity[],
): Promise<void> {
  const { dataDirectory, admin } = memberOf(members, "kill", on);
  const deadlineMs = clock.now() + BACK_MS;
  while (clock.now() < deadlineMs) {
    const now = members.cluster.members().find(({ name }) => name === on);
    if (now?.wanted === "stopped") return;
    const isOther = !ended.some(({ pid, startedAt }) => isSameProcess(pid, startedAt));
    if (isOther && findPostmaster(dataDirectory) !== null && (await answers(admin))) return;
    await clock.sleep(LOOK_MS);
  }
  throw new Error(`${on} did not come back within ${BACK_MS / 1000} s`);
}

/** Whether it takes sessions: a server that recovers from a crash refuses them. */
async function answers(endpoint: Endpoint): Promise<boolean> {
  const options = { applicationName: "pgdyno-fault", timeoutMs: ANSWER_MS };
  return withConnection(endpoint, options, ({ query }) => query("select 1")).then(
    () => true,
    () => false, // It starts or recovers.
  );
}
