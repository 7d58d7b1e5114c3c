import type { AroundLoadContext } from "../../contracts/workload.ts";
import { withConnection } from "../../lib/pg-connection.ts";
import type { PgbenchOptions } from "./options.ts";

/** Vacuuming waits for nobody, but takes as long as the tables are large. */
const ANSWER_MS = 3_600_000;
/** What pgbench does by itself before a run without `--no-vacuum`. */
const STATEMENTS = [
  ["pgbench_branches", "vacuum pgbench_branches"],
  ["pgbench_tellers", "vacuum pgbench_tellers"],
  ["pgbench_history", "truncate pgbench_history"],
] as const;

/** Vacuums pgbench's tables, and empties pgbench_history, where the load asks for it and they are there. */
export async function vacuumTables({
  options,
  target,
  signal,
}: AroundLoadContext<PgbenchOptions>): Promise<void> {
  if (!options.vacuum) return;
  const session = {
    applicationName: "pgdyno-target",
    timeoutMs: ANSWER_MS,
    lockTimeoutMs: 0,
    signal,
  };
  await withConnection(target.loadEndpoint, session, async ({ query }) => {
    for (const [table, statement] of STATEMENTS) {
      const [row] = await query("select to_regclass($1) is not null as there", [table]);
      if (row?.["there"] === true) await query(statement);
    }
  });
}
