import { processStartOrNull } from "./process-identity.ts";
import { childrenOf } from "./proc-children.ts";
import { readTextOrNull } from "./proc-files.ts";
import { postgresProcessKind } from "./proc-postgres-title.ts";

/** A child of a postmaster. */
export interface PostgresqlChild {
  readonly pid: number;
  /** See `processStartOrNull`. */
  readonly startedAt: string;
  /** As in `ps`: `postgres: pg1: pgdyno pgdyno 127.0.0.1(4711) idle`. */
  readonly title: string;
}

/** The children of one kind, named as `pg_stat_activity.backend_type` names it; Linux only. */
export function findChildren(postmasterPid: number, kind: string): readonly PostgresqlChild[] {
  return (childrenOf(postmasterPid) ?? []).flatMap((pid) => {
    const title = readTextOrNull(`/proc/${pid}/cmdline`)?.split("\0")[0]?.trim() ?? "";
    const startedAt = processStartOrNull(pid);
    if (startedAt === null || postgresProcessKind(title) !== kind) return [];
    return [{ pid, startedAt, title }];
  });
}
