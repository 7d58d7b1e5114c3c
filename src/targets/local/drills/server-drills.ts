import type { CrashDrills } from "../../../contracts/recovery-drills.ts";
import type { Clock } from "../../../lib/clock.ts";
import { killServer } from "../../../lib/postgresql-server-processes.ts";
import type { LocalServers } from "../servers.ts";
import type { Site } from "../site.ts";
import { crashServer } from "./crash-server.ts";
import { holdCheckpoints } from "./hold-checkpoints.ts";

/** The drills of a single server. */
export function serverDrills(
  { logFile }: Pick<Site, "logFile">,
  servers: LocalServers,
  clock: Clock,
): CrashDrills {
  const endpoint = () => servers.current().endpoints.admin;
  return {
    holdCheckpoints: (signal) => holdCheckpoints(endpoint, signal),
    crash: (signal) =>
      crashServer(
        {
          clock,
          logFile,
          endpoint: endpoint(),
          kill: async () => void (await killServer(servers.current().dataDirectory)),
          start: (stop) => servers.startKilled(stop),
        },
        signal,
      ),
  };
}
