import type { Instance } from "../contracts/target.ts";
import { MONITOR_APPLICATION_NAME } from "../lib/monitor-sessions.ts";
import { openConnection } from "../lib/pg-connection.ts";

/** How long a probe's connection may take to open, and an answer to come. */
const MONITOR_TIMEOUT_MS = 2000;

/** A connection of the probes' own to one server. */
export function openMonitor(instance: Instance) {
  return openConnection(instance.monitorEndpoint, {
    applicationName: MONITOR_APPLICATION_NAME,
    timeoutMs: MONITOR_TIMEOUT_MS,
    // Where the server's process is known it was reached directly, and not through a pooler.
    keepPlans: instance.postmasterPid !== null,
  });
}
