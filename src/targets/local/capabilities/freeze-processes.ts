import type { Secure } from "../../../contracts/precaution.ts";
import { childrenOf } from "../../../lib/proc-children.ts";
import { continueProcesses, freezeProcesses } from "../../../lib/frozen-processes.ts";
import { processIdentityOrNull, type ProcessIdentity } from "../../../lib/process-identity.ts";

/**
 * Lets each `pid start` go on that is still the process of that start: `starttime` is the 22nd field,
 * and PostgreSQL's names of processes hold no blanks. Where there is no `/proc`, the number must do.
 */
const CONTINUE = `while [ $# -gt 1 ]; do
  if [ ! -d /proc/self ] || [ "$(cut -d" " -f22 /proc/$1/stat)" = "$2" ]; then kill -CONT "$1"; fi
  shift 2
done`;

/** Freezes processes, in the order given, and returns when none of them runs any more. */
export async function freeze(
  secure: Secure,
  processes: readonly ProcessIdentity[],
  title: string,
): Promise<void> {
  await secure({
    entry: { undo: "continue-processes", processes, title },
    guard: {
      script: CONTINUE,
      args: processes.flatMap(({ pid, startedAt }) => [String(pid), startedAt]),
    },
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
