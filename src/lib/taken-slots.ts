import { findListeningPostmaster } from "./proc-listening-postmaster.ts";
import { childrenOf } from "./proc-children.ts";
import { readTextOrNull } from "./proc-files.ts";
import { postgresProcessKind } from "./proc-postgres-title.ts";
import { isOnThisMachine } from "./endpoint.ts";

/** SQLSTATE `too_many_connections`: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const TOO_MANY_CONNECTIONS = "53300";

/** Sessions of one role that do the same. */
export interface TakenSlots {
  readonly role: string;
  readonly state: "active" | "idle" | "idle in transaction";
  readonly sessions: number;
}

/** Why a server lets nobody in, as a clause, and what to do about it. */
export interface NoSlot {
  readonly because: string;
  readonly remedy: string;
}

/** True where a server that runs refused a connection because there are as many as there may be. */
export function isOutOfSlots(error: unknown): boolean {
  return (error as { readonly code?: unknown } | null)?.code === TOO_MANY_CONNECTIONS;
}

/**
 * What can be known of a server that is full: its refusal, and where it runs on this machine, who holds
 * the slots, from its processes' titles. Needs no session.
 */
export function tellNoSlot(
  error: unknown,
  { host, port }: { readonly host: string; readonly port: number },
  { user, database }: { readonly user: string; readonly database: string },
): NoSlot {
  const taken = isOnThisMachine({ host }) ? readTakenSlots(host, port) : null;
  const who = taken === null ? "" : `: ${tellTaken(taken)}`;
  const total = (taken ?? []).reduce((sum, { sessions }) => sum + sessions, 0);
  const all = total === 0 ? "all" : `all ${total}`;
  // Where in the server it was refused tells the limit, in whatever language the message is.
  switch ((error as { readonly routine?: unknown }).routine) {
    case "InitializeSessionUserId":
      return {
        because: `role \`${user}\` already has as many sessions as its CONNECTION LIMIT allows${who}`,
        remedy: `As a superuser: \`alter role "${user}" connection limit …\`, or use another role.`,
      };
    case "CheckMyDatabase":
      return {
        because: `database \`${database}\` already has as many sessions as its CONNECTION LIMIT allows${who}`,
        remedy: `As a superuser: \`alter database "${database}" connection limit …\`.`,
      };
    case "InitPostgres":
      return {
        because: `${all} connection slots for ordinary roles are taken${who}`,
        remedy:
          "A superuser still gets in: `superuser_reserved_connections` keeps slots free. From PostgreSQL 16 on, `reserved_connections` does so for roles in `pg_use_reserved_connections`. Otherwise end sessions that are not needed.",
      };
    default:
      return {
        because: `${all} connection slots are taken, those reserved for superusers, too${who}`,
        remedy:
          "End sessions that are not needed: until then not even a superuser gets in. A smaller pool in the application keeps slots free.",
      };
  }
}

/** Groups told; the rest is summed up. */
const GROUPS_MAX = 3;

function tellTaken(taken: readonly TakenSlots[]): string {
  const groups = taken
    .slice(0, GROUPS_MAX)
    .map(({ role, state, sessions }) => `${sessions} by \`${role}\`, ${state}`);
  const rest = taken.slice(GROUPS_MAX).reduce((sum, { sessions }) => sum + sessions, 0);
  return [...groups, ...(rest === 0 ? [] : [`${rest} by others`])].join("; ");
}

/** The most first; `null` where the server is not on this machine, or cannot be told from others. */
export function readTakenSlots(host: string, port: number): readonly TakenSlots[] | null {
  const postmaster = findListeningPostmaster(host, port);
  if (postmaster === null) return null;
  const groups = new Map<string, TakenSlots>();
  for (const pid of childrenOf(postmaster) ?? []) {
    const title = (readTextOrNull(`/proc/${pid}/cmdline`) ?? "").replaceAll("\0", "").trim();
    const session = parseSessionTitle(title);
    if (session === null) continue;
    const key = `${session.role}\n${session.state}`;
    const sessions = (groups.get(key)?.sessions ?? 0) + 1;
    groups.set(key, { ...session, sessions });
  }
  return [...groups.values()].toSorted((a, b) => b.sessions - a.sessions);
}

/** `postgres: [cluster: ]role database host(port) activity`; the host is `[local]` over a socket. */
const SESSION_TITLE = /^postgres: (?:[^:]*: )?(\S+) \S+ (?:\[local\]|\S+\(\d+\)) (.*)$/s;

/**
 * Whose session a process serves and what it does, from its title; `null` for other processes.
 *
 * @see https://www.postgresql.org/docs/current/monitoring-ps.html
 */
export function parseSessionTitle(title: string): Omit<TakenSlots, "sessions"> | null {
  if (postgresProcessKind(title) !== "client backend") return null;
  const [, role, activity = ""] = SESSION_TITLE.exec(title) ?? [];
  if (role === undefined) return null;
  if (activity === "idle") return { role, state: "idle" };
  const isInTransaction = activity.startsWith("idle in transaction");
  return { role, state: isInTransaction ? "idle in transaction" : "active" };
}
