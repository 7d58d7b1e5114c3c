import type { Endpoint } from "../lib/endpoint.ts";
import type { LookConnection } from "../lib/find-local-server.ts";
import type { Host } from "./host.ts";

/** One PostgreSQL server of a target. */
export interface Instance {
  /** `pg1`, `pg2`, …: the name in the record. */
  readonly name: string;
  /** For probes: a role that may read statistics, in the database under test. */
  readonly monitorEndpoint: Endpoint;
  /** What it runs on. */
  readonly host: Host;
  /** Process id of the postmaster on its host; `null` where it cannot be looked at. */
  readonly postmasterPid: number | null;
  /** PGDATA on its host; `null` where it cannot be looked at. */
  readonly dataDirectory: string | null;
  /** The server's log on its host; `null` where it cannot be read. */
  readonly logFile: string | null;
  /**
   * Told each session that probes are read over: the server may have been restarted since, or another
   * one taken its part. Absent where the target knows that by itself.
   */
  lookAgain?(connection: LookConnection): Promise<void>;
}
