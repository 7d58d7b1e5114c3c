import type { Endpoint } from "../lib/endpoint.ts";
import type { LookConnection } from "../lib/find-local-server.ts";

/** One PostgreSQL server of a target. */
export interface Instance {
  /** `pg1`, `pg2`, …: the name in the record. */
  readonly name: string;
  /** For probes: a role that may read statistics, in the database under test. */
  readonly monitorEndpoint: Endpoint;
  /** Process id of the postmaster, where it runs on this machine and may be looked at. */
  readonly postmasterPid: number | null;
  /** PGDATA on this machine; `null` where it is elsewhere. */
  readonly dataDirectory: string | null;
  /** The server's log on this machine; `null` where it cannot be read. */
  readonly logFile: string | null;
  /**
   * Told each session that probes are read over: the server may have been restarted since, or another
   * one taken its part. Absent where the target knows that by itself.
   */
  lookAgain?(connection: LookConnection): Promise<void>;
}
