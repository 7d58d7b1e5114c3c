import type { TargetHandle } from "../contracts/target-handle.ts";
import type { ClusterSynchronous } from "../contracts/cluster.ts";
import type { PartContext } from "../contracts/context.ts";
import { formatDurationMs } from "../lib/units.ts";
import type { RunEvent } from "../record/events.ts";
import type { PlannedReplication, PlannedTrial } from "../record/planned-trial.ts";

/** Has the cluster replicate as each trial asks. */
export interface ReplicationKeeper {
  /** What this trial asks for is in force, or what the target asks for where it says nothing. */
  ready(trial: PlannedTrial): Promise<void>;
  /** Takes away what stands between the members: the target goes down next. */
  close(): Promise<void>;
}

interface KeeperScene {
  readonly target: TargetHandle;
  readonly context: PartContext;
  readonly signal: AbortSignal;
  readonly write: (event: RunEvent) => void;
}

/** Changes what is in force only where the next trial asks for something else. */
export function replicationKeeper(scene: KeeperScene): ReplicationKeeper {
  const { cluster, can } = scene.target;
  const { synchronous, links } = can;
  // Without these no trial asks for any of it: the run has refused it at its start.
  if (cluster === undefined || synchronous === undefined) return { ready: noted, close: noted };
  const own = cluster.synchronous;
  const distance = links?.distance;
  let inForce: PlannedReplication | null = null;
  const { signal } = scene;
  const change = async (trial: string, wanted: PlannedReplication | null) => {
    if (JSON.stringify(wanted) === JSON.stringify(inForce)) return;
    if ((inForce?.distanceMs ?? 0) !== (wanted?.distanceMs ?? 0)) {
      await distance?.set(wanted?.distanceMs ?? 0, signal);
    }
    // Only now: whoever waits for standbys waits for streams that may just be opened anew.
    await synchronous.set(wanted === null ? own : synchronousOf(wanted), signal);
    inForce = wanted;
    tell(scene, { trial, wanted, roundTripMs: (await distance?.measure(signal)) ?? null });
  };
  return {
    ready: ({ id, replication }) => change(id, replication ?? null),
    close: () => distance?.close() ?? noted(),
  };
}

function synchronousOf(wanted: PlannedReplication): ClusterSynchronous {
  const { commit, method, number, dataDurability } = wanted;
  return { commit, method: method ?? "any", number: number ?? 1, dataDurability };
}

function tell(
  { context: { clock }, write }: KeeperScene,
  about: {
    readonly trial: string;
    readonly wanted: PlannedReplication | null;
    readonly roundTripMs: number | null;
  },
): void {
  const { trial, wanted, roundTripMs } = about;
  const pinged =
    roundTripMs === null ? "" : `; a query takes ${formatDurationMs(roundTripMs)} that way`;
  const text =
    wanted === null
      ? "The cluster replicates as its target says again."
      : `synchronous_commit ${wanted.commit}, ${wanted.method === null ? "no standby confirms" : `${wanted.method} ${wanted.number} of the standbys confirm`}, members ${wanted.distanceMs} ms apart${pinged}.`;
  write({ kind: "replication", atMs: clock.now(), trial, roundTripMs, text });
}

const noted = () => Promise.resolve();
