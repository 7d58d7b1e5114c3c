import type { Cluster, ClusterEvent } from "../contracts/cluster.ts";
import type { RunEvent } from "../record/events.ts";

/**
 * Writes down what a cluster tells; a promotion also as the change of roles that it is.
 *
 * @returns stops.
 */
export function clusterToRecord(cluster: Cluster, write: (event: RunEvent) => void): () => void {
  const atMs = cluster.clock.now();
  for (const { name: on, role } of cluster.members()) {
    write({ kind: "cluster", atMs, event: "role", on, text: `${on} is ${role}`, role });
  }
  return cluster.onEvent((event) => {
    write(eventOf(event));
    if (event.kind !== "promoted") return;
    write({ kind: "role", atMs: event.atMs, on: event.on, role: "primary", text: event.text });
  });
}

function eventOf({ atMs, kind, on, text, role, timeline, lsnBytes }: ClusterEvent): RunEvent {
  return {
    kind: "cluster",
    atMs,
    event: kind,
    on,
    text,
    ...(role === undefined ? {} : { role }),
    ...(timeline === undefined ? {} : { timeline }),
    ...(lsnBytes === undefined ? {} : { lsnBytes }),
  };
}
