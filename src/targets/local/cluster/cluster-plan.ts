import type { ClusterSynchronous } from "../../../contracts/cluster.ts";
import type { Journal } from "../../../contracts/context.ts";
import type { Clock } from "../../../lib/clock.ts";
import type { Processes, ProcessUser } from "../../../lib/processes.ts";
import type { Secret } from "../../../lib/secret.ts";
import type { LocalEndpoints } from "../database.ts";
import type { Parameters } from "../parameters.ts";
import type { Pgbackrest } from "./pgbackrest/open-pgbackrest.ts";
import type { MemberSite } from "./member-site.ts";

/** How quickly a primary that hangs is given up. One whose process is gone is given up at once. */
export interface Liveness {
  /** From one probe to the next. */
  readonly everyMs: number;
  /** How long a probe may go unanswered. */
  readonly timeoutMs: number;
  /** So many in a row make a failure. */
  readonly misses: number;
}

/** All that the members have in common and that does not change while the cluster runs. */
export interface ClusterPlan {
  readonly members: readonly MemberSite[];
  /** The cluster's own folder; the store, the pass file and the scripts are in it. */
  readonly home: string;
  readonly binDirectory: string;
  readonly major: number;
  readonly user: ProcessUser | null;
  /** The same for all, without what depends on the member and its part. */
  readonly parameters: Parameters;
  /** What the experiment asks for; what is asked for now stands in the desired state. */
  readonly synchronous: ClusterSynchronous | null;
  readonly slots: boolean;
  readonly liveness: Liveness;
  readonly superuserPassword: Secret;
  readonly replicatorPassword: Secret;
  /** For the WAL streams and base backups. */
  readonly passFile: string;
  /** `null` where nothing is archived. */
  readonly archiveCommands: { readonly archive: string; readonly restore: string } | null;
  /** `null` where the archive is plain files, or there is none. */
  readonly pgbackrest: Pgbackrest | null;
  readonly segmentBytes: number;
  /** As whom a server on that port is spoken to. */
  readonly endpointsOf: (port: number) => LocalEndpoints;
  readonly processes: Processes;
  readonly journal: Journal;
  readonly clock: Clock;
}

/** The role of WAL streams and base backups. */
export const REPLICATOR = "pgdyno_replicator";
