/** What the check needs of a probe's context. */
export interface StatisticsContext {
  readonly connection: {
    query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  };
  missing(text: string, why?: "privilege"): void;
}

/**
 * True where the connection's role sees the statistics of every role: `pg_read_all_stats`, which
 * `pg_monitor` includes. Without it the views show rows with NULLs in place of what they hide.
 *
 * @see https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-STATS-VIEWS
 */
export async function mayReadAllStatistics({
  connection,
}: Pick<StatisticsContext, "connection">): Promise<boolean> {
  const [row] = await connection.query(
    "select pg_has_role('pg_read_all_stats', 'USAGE')::int as may",
  );
  return Number(row?.["may"]) === 1;
}

/**
 * Wraps the `open` of a probe whose numbers would be wrong, not merely fewer, without
 * `pg_read_all_stats`: it says `without` and opens nothing there.
 */
export function openWithAllStatistics<Context extends StatisticsContext, Session>(
  open: (context: Context) => Promise<Session | null>,
  without: string,
): (context: Context) => Promise<Session | null> {
  return async (context) => {
    if (await mayReadAllStatistics(context)) return open(context);
    context.missing(
      `${without} The role lacks pg_read_all_stats: grant it pg_monitor.`,
      "privilege",
    );
    return null;
  };
}

/** True where the role may execute the function, given with its argument types: `pg_ls_waldir()`. */
export async function mayExecute(
  { connection }: Pick<StatisticsContext, "connection">,
  signature: string,
): Promise<boolean> {
  const [row] = await connection.query(
    `select has_function_privilege('${signature}', 'EXECUTE')::int as may`,
  );
  return Number(row?.["may"]) === 1;
}

/** SQLSTATE `insufficient_privilege`: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const INSUFFICIENT_PRIVILEGE = "42501";

/** Why a server did not answer a question: the role may not ask it, or the server does not know it. */
export function whyRefused(error: unknown): "privilege" | "not-available" {
  const { code } = error as { readonly code?: unknown };
  return code === INSUFFICIENT_PRIVILEGE ? "privilege" : "not-available";
}
