import type { ServerChild, ServerChildren } from "../../../contracts/capabilities.ts";
import type { Breaking } from "../../../contracts/precaution.ts";
import { DynoError } from "../../../lib/errors.ts";
import { findChildren, type PostgresqlChild } from "../../../lib/postgresql-child.ts";
import { childrenOf } from "../../../lib/proc-children.ts";
import { processIdentityOrNull } from "../../../lib/process-identity.ts";
import { freeze } from "./freeze-processes.ts";
import { killProcesses } from "./kill-processes.ts";
import { postmasterOf, type LocalMembers } from "./local-members.ts";
import { untilRunsAgain } from "./until-runs-again.ts";

const TITLES: Readonly<Record<ServerChild, string>> = {
  "client backend": "client backend",
  walreceiver: "WAL receiver",
};

/**
 * Ends and freezes children by signals. The postmaster cannot know what a killed one did to the shared
 * memory, so it ends all others and recovers from the WAL; nothing has to be undone.
 *
 * @param load whose backends are the load's.
 * @see https://www.postgresql.org/docs/current/server-shutdown.html
 */
export function serverChildren(
  members: LocalMembers,
  load: { readonly user: string; readonly database: string },
): ServerChildren {
  return {
    whyNot: () =>
      Promise.resolve(
        process.platform === "linux"
          ? null
          : "Only Linux tells which of a server's processes is which.",
      ),
    async kill(on, child, breaking) {
      const { fault, secure, clock, random } = breaking;
      const { pid } = postmasterOf(members, fault, on);
      const found = childrenThere(pid, { child, on, fault });
      const ofLoad = found.filter(({ title }) => title.includes(` ${load.user} ${load.database} `));
      const from = ofLoad.length > 0 ? ofLoad : found;
      const victim = from[random.integer(0, from.length - 1)]!;
      // All of them are ended with it, and the restart is over when others are there.
      const siblings = (childrenOf(pid) ?? []).flatMap((one) => processIdentityOrNull(one) ?? []);
      await secure({ entry: null, undo: () => untilRunsAgain({ members, on, clock }, siblings) });
      await killProcesses([victim.pid]);
      return `killed ${TITLES[child]} ${victim.pid} of ${on}`;
    },
    async freeze(on, child, { fault, secure }) {
      const { pid } = postmasterOf(members, fault, on);
      const { title: _, ...identity } = childrenThere(pid, { child, on, fault })[0]!;
      await freeze(secure, [identity], `${TITLES[child]} of ${on}`);
      return `froze ${TITLES[child]} ${identity.pid} of ${on}`;
    },
  };
}

/** @throws {DynoError} FAULT_FAILED where there is none. */
function childrenThere(
  postmasterPid: number,
  {
    child,
    on,
    fault,
  }: { readonly child: ServerChild; readonly on: string } & Pick<Breaking, "fault">,
): readonly PostgresqlChild[] {
  const found = findChildren(postmasterPid, child);
  if (found.length > 0) return found;
  throw new DynoError("FAULT_FAILED", { fault, on, because: `it has no ${TITLES[child]} now` });
}
