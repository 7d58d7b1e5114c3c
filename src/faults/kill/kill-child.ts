import { applyFault } from "../../contracts/apply-fault.ts";
import { postmasterOf } from "../../contracts/fault-member.ts";
import type { AppliedFault, FaultContext } from "../../contracts/fault.ts";
import { DynoError } from "../../lib/errors.ts";
import { processIdentityOrNull } from "../../lib/process-identity.ts";
import { childrenOf } from "../../lib/proc-children.ts";
import { findChildren, type PostgresqlChild } from "../../lib/postgresql-child.ts";
import { killProcesses } from "./kill-processes.ts";
import { untilRunsAgain } from "./until-runs-again.ts";

export interface ChildToKill {
  readonly fault: string;
  /** As `pg_stat_activity.backend_type` names it. */
  readonly kind: string;
  /** One of at least one. */
  choose(children: readonly PostgresqlChild[]): PostgresqlChild;
}

/**
 * Kills one child. Its postmaster cannot know what it did to the shared memory, so it ends all others
 * and recovers from the WAL; nothing has to be undone.
 *
 * @see https://www.postgresql.org/docs/current/server-shutdown.html
 */
export function killChild(
  context: FaultContext<unknown>,
  { fault, kind, choose }: ChildToKill,
): Promise<AppliedFault> {
  const { target, on } = context;
  return applyFault(context, async (secure) => {
    const { pid } = postmasterOf(target, fault, on);
    const children = findChildren(pid, kind);
    if (children.length === 0) {
      throw new DynoError("FAULT_FAILED", { fault, on, because: `it has no ${kind} now` });
    }
    const victim = choose(children);
    // All of them are ended with it, and the restart is over when others are there.
    const siblings = (childrenOf(pid) ?? []).flatMap((child) => processIdentityOrNull(child) ?? []);
    await secure({ entry: null, undo: () => untilRunsAgain(context, siblings) });
    await killProcesses([victim.pid]);
    return `killed ${kind} ${victim.pid} of ${on}`;
  });
}
