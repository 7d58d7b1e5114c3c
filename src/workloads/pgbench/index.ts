import { availableParallelism } from "node:os";
import { defineWorkload } from "../../contracts/workload.ts";
import { pgbenchOptions, type PgbenchOptions } from "./options.ts";
import { planLoad } from "./plan.ts";
import { prepareTables } from "./prepare.ts";
import { rehearsePgbench } from "./rehearse.ts";
import { readStatements } from "./read-commands.ts";
import { runLoad } from "./run.ts";
import { vacuumTables } from "./vacuum-tables.ts";

/**
 * PostgreSQL's own load generator, the reference for throughput and latency where it is installed.
 *
 * Its log of every transaction is read while it grows and becomes histograms per second and script;
 * it is never kept whole.
 *
 * @see https://www.postgresql.org/docs/current/pgbench.html
 */
export const pgbench = defineWorkload<PgbenchOptions>({
  id: "pgbench",
  summary: "PostgreSQL's own load generator: its built-in scripts or yours, closed or open loop.",
  resource: "sql",
  unit: "transactions",
  options: pgbenchOptions,
  plan: (options, about) => planLoad(options, { ...about, cores: availableParallelism() }),
  prepare: prepareTables,
  statements: readStatements,
  rehearse: rehearsePgbench,
  setUp: vacuumTables,
  filesOf: ({ scripts = [] }) => scripts.map(({ file }) => file),
  run: runLoad,
});
