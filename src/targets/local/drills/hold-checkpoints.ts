import type { Endpoint } from "../../../lib/endpoint.ts";
import { withConnection } from "../../../lib/pg-connection.ts";

/** Both are read again by a running server; the first is the most that PostgreSQL takes. */
const HELD = { checkpoint_timeout: "1d", max_wal_size: "1TB" } as const;

/**
 * Has no checkpoint begin by the clock or by the amount of WAL.
 *
 * @returns takes that back, also in a server that was killed meanwhile.
 * @see https://www.postgresql.org/docs/current/wal-configuration.html
 */
export async function holdCheckpoints(
  endpoint: () => Endpoint,
  signal: AbortSignal,
): Promise<() => Promise<void>> {
  const change = async (statements: readonly string[], stop?: AbortSignal) => {
    const options = {
      applicationName: "pgdyno-recovery",
      timeoutMs: 60_000,
      ...(stop === undefined ? {} : { signal: stop }),
    };
    await withConnection(endpoint(), options, async ({ query }) => {
      for (const statement of statements) await query(statement);
      await query("select pg_reload_conf()");
    });
  };
  await change(
    Object.entries(HELD).map(([name, value]) => `alter system set ${name} = '${value}'`),
    signal,
  );
  return () => change(Object.keys(HELD).map((name) => `alter system reset ${name}`));
}
