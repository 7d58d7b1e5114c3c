import { clusterOf, memberOf } from "../../contracts/fault-member.ts";
import type { FaultContext } from "../../contracts/fault.ts";
import { findPostmaster } from "../../lib/postgresql-process.ts";
import { readPostmasterFileOrNull } from "../../lib/postgresql-postmaster-file.ts";

/** Crash recovery, a rewind or a fresh copy: what the cluster may need to bring a member back. */
const BACK_MS = 120_000;
const LOOK_MS = 20;

/**
 * Waits until another server than the killed one runs there and takes connections. Starting it is
 * the cluster's part; a member that is to be down stays down, and is waited for by nobody.
 *
 * @throws where it does not come back.
 */
export async function untilRunsAgain(
  { target, on, clock }: Pick<FaultContext<unknown>, "target" | "on" | "clock">,
  killed: { readonly pid: number; readonly startedAt: string } | null,
): Promise<void> {
  const cluster = clusterOf(target, "kill");
  const { dataDirectory } = memberOf(target, "kill", on);
  for (let waitedMs = 0; waitedMs < BACK_MS; waitedMs += LOOK_MS) {
    if (cluster.members().find(({ name }) => name === on)?.wanted === "stopped") return;
    const postmaster = findPostmaster(dataDirectory);
    const status = readPostmasterFileOrNull(dataDirectory)?.status;
    const isOther =
      postmaster !== null &&
      (postmaster.pid !== killed?.pid || postmaster.startedAt !== killed.startedAt);
    if (isOther && (status === "ready" || status === "standby")) return;
    await clock.sleep(LOOK_MS);
  }
  throw new Error(`${on} did not come back within ${BACK_MS / 1000} s`);
}
