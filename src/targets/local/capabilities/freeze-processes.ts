import { undoingBy } from "../../../contracts/undoer.ts";
import { continueProcessesUndoer } from "../../../undoers/continue-processes.ts";
import type { Secure } from "../../../contracts/precaution.ts";
import { childrenOf } from "../../../lib/proc-children.ts";
import { continueProcesses, freezeProcesses } from "../../../lib/frozen-processes.ts";
import { processIdentityOrNull, type ProcessIdentity } from "../../../lib/process-identity.ts";

/** Freezes processes, in the order given, and returns when none of them runs any more. */
export async function freeze(
  secure: Secure,
  processes: readonly ProcessIdentity[],
  title: string,
): Promise<void> {
  await secure({
    ...undoingBy(continueProcessesUndoer, { processes, title }),
    undo: () => continueProcesses(processes),
  });
  await freezeProcesses(processes);
}

/**
 * Freezes a server: its postmaster first, which then makes no more children, then its children.
 *
 * @returns how many processes were frozen.
 */
export async function freezeServer(
  secure: Secure,
  postmaster: ProcessIdentity,
  { which, title }: { readonly which: "postmaster" | "all"; readonly title: string },
): Promise<number> {
  await freeze(secure, [postmaster], `postmaster of ${title}`);
  if (which === "postmaster") return 1;
  const children = (childrenOf(postmaster.pid) ?? []).flatMap(
    (pid) => processIdentityOrNull(pid) ?? [],
  );
  await freeze(secure, children, `children of ${title}`);
  return 1 + children.length;
}
