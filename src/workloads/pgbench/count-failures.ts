import type { ErrorSeen, TrialError } from "../../contracts/workload.ts";
import { ENDED } from "./parse-log.ts";

/** Transactions that pgbench's log calls failed, by kind and script. It does not keep the server's words. */
export interface FailureCounts {
  add(ended: number, script: number, atMs: number): void;
  failures(): TrialError[];
}

/** What the log's words stand for. */
const KINDS: Readonly<
  Record<number, { readonly sqlState: string | null; readonly message: string }>
> = {
  [ENDED.serialization]: { sqlState: "40001", message: "serialization failure" },
  [ENDED.deadlock]: { sqlState: "40P01", message: "deadlock detected" },
  [ENDED.failed]: { sqlState: null, message: "serialization failure or deadlock" },
};

/** `tell` is called once for each kind. */
export function countFailures(
  scripts: readonly string[],
  tell: (error: ErrorSeen) => void,
): FailureCounts {
  const counts = new Map<
    string,
    { count: number; firstMs: number; lastMs: number; seen: ErrorSeen }
  >();
  return {
    add(ended, script, atMs) {
      const kind = KINDS[ended];
      if (kind === undefined) return;
      const key = `${ended} ${script}`;
      const known = counts.get(key);
      if (known !== undefined) {
        known.count += 1;
        known.firstMs = Math.min(known.firstMs, atMs);
        known.lastMs = Math.max(known.lastMs, atMs);
        return;
      }
      const seen = { ...kind, ...NOWHERE, script: scripts[script] ?? null };
      counts.set(key, { count: 1, firstMs: atMs, lastMs: atMs, seen });
      tell(seen);
    },
    failures: () => [...counts.values()].map(({ seen, ...times }) => ({ ...seen, ...times })),
  };
}

const NOWHERE = { hint: null, line: null, statement: null } as const;
