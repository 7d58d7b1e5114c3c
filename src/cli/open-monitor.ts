import type { Instance } from "../contracts/instance.ts";
import { MONITOR_APPLICATION_NAME } from "../lib/monitor-sessions.ts";
import type { MonitorSession } from "../sampling/monitor-session.ts";
import { openConnection } from "../lib/pg-connection.ts";

/** How long a probe's connection may take to open, and an answer to come. */
const MONITOR_TIMEOUT_MS = 2000;

/**
 * Of the slots that ordinary roles may take, those that are still free. Background processes that work in a
 * database count as taken: rather one too few.
 */
const FREE_SLOTS = `
  select current_setting('max_connections')::int
         - current_setting('superuser_reserved_connections')::int
         - coalesce(current_setting('reserved_connections', true), '0')::int
         - sum(numbackends)::int as free
    from pg_stat_database`;

/** A connection of the probes' own to one server, whose process and files are then those it leads to. */
export async function openMonitor(instance: Instance): Promise<MonitorSession> {
  const connection = await openConnection(instance.monitorEndpoint, {
    applicationName: MONITOR_APPLICATION_NAME,
    timeoutMs: MONITOR_TIMEOUT_MS,
    purpose: "watch",
    keepPlans: true,
  });
  try {
    await instance.lookAgain?.(connection);
    const [slots] = await connection.query<{ free: number }>(FREE_SLOTS);
    return { ...connection, isLast: connection.isPooled || (slots?.free ?? 0) < 1 };
  } catch (error) {
    await connection.close();
    throw error;
  }
}
