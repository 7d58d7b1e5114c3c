import type { Cluster, ClusterSynchronous } from "../contracts/cluster.ts";
import type { TargetHandle } from "../contracts/target.ts";
import type { PartContext } from "../contracts/context.ts";
import { formatDurationMs } from "../lib/units.ts";
import type { RunEvent } from "../record/events.ts";
import type { PlannedReplication, PlannedTrial } from "../record/planned-trial.ts";
import { networkDistance, type NetworkDistance } from "./network-distance.ts";

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
  const { target, context } = scene;
  const { cluster } = target;
  // Without a cluster no trial may ask for any of this: the plan refuses.
  if (cluster === undefined) return { ready: noted, close: noted };
  const own = cluster.synchronous;
  const distance =
    target.simulation === undefined
      ? networkDistance({ ...context, target, cluster })
      : simulatedDistance((ms) => target.simulation?.setDistance?.(ms));
  let inForce: PlannedReplication | null = null;
  const { signal } = scene;
  const change = async (trial: string, wanted: PlannedReplication | null) => {
    if (JSON.stringify(wanted) === JSON.stringify(inForce)) return;
    if ((inForce?.distanceMs ?? 0) !== (wanted?.distanceMs ?? 0)) {
      await distance.set(wanted?.distanceMs ?? 0, signal);
    }
    // Only now: whoever waits for standbys waits for streams that may just be opened anew.
    await cluster.setSynchronous(wanted === null ? own : synchronousOf(wanted), signal);
    inForce = wanted;
    tell(scene, { trial, wanted, cluster, roundTripMs: await distance.measure(signal) });
  };
  return {
    ready: ({ id, replication }) => change(id, replication ?? null),
    close: () => distance.close(),
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
    readonly cluster: Cluster;
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

/** Only computed: nothing is measured. */
function simulatedDistance(set: (roundTripMs: number) => void): NetworkDistance {
  return {
    set: (roundTripMs) => Promise.resolve(set(roundTripMs)),
    measure: () => Promise.resolve(null),
    close: () => Promise.resolve(set(0)),
  };
}

const noted = () => Promise.resolve();
