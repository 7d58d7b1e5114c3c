import type { Endpoint } from "../lib/endpoint.ts";
import type { MachineFacts, ServerFacts } from "../record/format.ts";
import type { Capabilities } from "./capabilities.ts";
import type { Cluster } from "./cluster.ts";
import type { Instance } from "./instance.ts";

export type { MachineFacts, ServerFacts } from "../record/format.ts";

/** A target that is up. */
export interface TargetHandle {
  /** Where the load goes. */
  readonly loadEndpoint: Endpoint;
  /** For what the load's role may not: restore, checkpoint, settings. `null` where there is no such role. */
  readonly adminEndpoint: Endpoint | null;
  readonly instances: readonly Instance[];
  facts(
    signal: AbortSignal,
  ): Promise<{ readonly server: ServerFacts; readonly machine: MachineFacts | null }>;
  /** Folder with the client programs that belong to this server; `null` to look on PATH. */
  readonly binDirectory: string | null;
  /** Writes a checkpoint where the role may; `false` where it may not. */
  checkpoint(signal: AbortSignal): Promise<boolean>;
  /**
   * Keeps what the database holds now as the state that `restoreData` goes back to.
   * @returns `false` where the target cannot (no right to create databases, too little disk).
   */
  keepData(signal: AbortSignal): Promise<boolean>;
  /** Puts the kept state back, with all connections to the database under test closed first. */
  restoreData(signal: AbortSignal): Promise<void>;
  /** The server stays when the run is over, and with it whatever a load left in it; absent where it goes. */
  readonly outlivesRun?: true;
  /** What it can do beyond that; what faults and stages need. */
  readonly can: Capabilities;
  /** The servers as one, with its roles; absent where there is one server, or nothing tells who is who. */
  readonly cluster?: Cluster;
}
