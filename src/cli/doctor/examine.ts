import { messageOf } from "../../lib/errors.ts";
import { nodeProcesses } from "../../lib/node-processes.ts";
import type { Check, CheckResult } from "./check.ts";
import { checkMachine } from "./check-machine.ts";
import { checkPostgresql } from "./check-postgresql.ts";
import { checkTools } from "./check-tools.ts";

/** Everything about this machine, in the order in which it is told; then the connection, if one is named. */
export async function examine(dsn: string | null): Promise<CheckResult[]> {
  const context = { processes: nodeProcesses() };
  const checks: readonly (readonly [string, Check])[] = [
    ["machine", checkMachine],
    ["PostgreSQL", checkPostgresql],
    ["programs", checkTools],
  ];
  const results = await Promise.all(
    checks.map(([title, check]) =>
      check(context).catch((error: unknown) => [failed(title, error)]),
    ),
  );
  if (dsn === null) return results.flat();
  const { checkConnection } = await import("./check-connection.ts");
  return [...results.flat(), ...(await checkConnection(dsn))];
}

/** A check that cannot look is said, and keeps no other one back. */
function failed(title: string, error: unknown): CheckResult {
  const found = `could not be looked at: ${messageOf(error)}`;
  return { title, status: "mind", found, remedy: null, required: false };
}
