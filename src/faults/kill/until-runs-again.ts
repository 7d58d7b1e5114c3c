import { clusterOf, memberOf } from "../../contracts/fault-member.ts";
import type { FaultContext } from "../../contracts/fault.ts";
import type { TargetHandle } from "../../contracts/target.ts";
import { withConnection } from "../../lib/pg-connection.ts";
import { findPostmaster } from "../../lib/postgresql-process.ts";
import { isSameProcess, type ProcessIdentity } from "../../lib/process-identity.ts";

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
  { target, on, clock }: Pick<FaultContext<unknown>, "target" | "on" | "clock">,
  ended: readonly ProcessIdentity[],
): Promise<void> {
  const cluster = clusterOf(target, "kill");
  const { dataDirectory } = memberOf(target, "kill", on);
  const deadlineMs = clock.now() + BACK_MS;
  while (clock.now() < deadlineMs) {
    if (cluster.members().find(({ name }) => name === on)?.wanted === "stopped") return;
    const isOther = !ended.some(({ pid, startedAt }) => isSameProcess(pid, startedAt));
    if (isOther && findPostmaster(dataDirectory) !== null && (await answers(target, on))) return;
    await clock.sleep(LOOK_MS);
  }
  throw new Error(`${on} did not come back within ${BACK_MS / 1000} s`);
}

/** Whether it takes sessions: a server that recovers from a crash refuses them. */
async function answers({ instances }: TargetHandle, name: string): Promise<boolean> {
  const endpoint = instances.find((instance) => instance.name === name)?.monitorEndpoint;
  if (endpoint === undefined) throw new Error(`${name} is no instance of the target.`);
  const options = { applicationName: "pgdyno-fault", timeoutMs: ANSWER_MS };
  return withConnection(endpoint, options, ({ query }) => query("select 1")).then(
    () => true,
    () => false, // It starts or recovers.
  );
}
