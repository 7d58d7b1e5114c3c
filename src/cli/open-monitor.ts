import type { Instance } from "../contracts/instance.ts";
import { MONITOR_APPLICATION_NAME } from "../lib/monitor-sessions.ts";
import { openConnection, type Connection } from "../lib/pg-connection.ts";

/** How long a probe's connection may take to open, and an answer to come. */
const MONITOR_TIMEOUT_MS = 2000;

/** A connection of the probes' own to one server, whose process and files are then those it leads to. */
export async function openMonitor(instance: Instance): Promise<Connection> {
  const connection = await openConnection(instance.monitorEndpoint, {
    applicationName: MONITOR_APPLICATION_NAME,
    timeoutMs: MONITOR_TIMEOUT_MS,
    // Where the server's process is known it was reached directly, and not through a pooler.
    keepPlans: instance.postmasterPid !== null,
  });
  try {
    await instance.lookAgain?.(connection);
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}
