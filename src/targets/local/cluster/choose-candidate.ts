import type { ClusterSynchronous } from "../../../contracts/cluster.ts";
import type { SynchronousSet } from "./desired-state.ts";
import { isQuorumReadable } from "./synchronous-set.ts";

/** A standby that answered, and how far its WAL goes. */
export interface Candidate {
  readonly name: string;
  readonly timeline: number;
  /** Received and on its disk, or replayed, whichever is more. */
  readonly lsnBytes: number;
}

export type Choice =
  | { readonly is: "chosen"; readonly candidate: Candidate; readonly because: string }
  | { readonly is: "refused"; readonly because: string };

/** The standby to promote, or why none may be: the one with most WAL, on the newest timeline. */
export function chooseCandidate(
  candidates: readonly Candidate[],
  set: SynchronousSet,
  durability: ClusterSynchronous["dataDurability"],
): Choice {
  const [best] = [...candidates].sort(
    (a, b) =>
      b.timeline - a.timeline ||
      b.lsnBytes - a.lsnBytes ||
      rank(set, a.name) - rank(set, b.name) ||
      a.name.localeCompare(b.name),
  );
  if (best === undefined) return { is: "refused", because: "No standby answers." };
  const answering = candidates.map(({ name }) => name);
  if (set.number > 0 && !isQuorumReadable(set, answering)) {
    const because = `Of ${set.names.length} synchronous standbys, of which ${set.number} confirmed each commit, ${answering.length} answer (${answering.join(", ")}): an acknowledged write may be on none of these.`;
    if (durability === "required") return { is: "refused", because };
    return { is: "chosen", candidate: best, because: `${because} Durability is only preferred.` };
  }
  return { is: "chosen", candidate: best, because: "It has most WAL of those that answer." };
}

function rank(set: SynchronousSet, name: string): number {
  const index = set.names.indexOf(name);
  return index === -1 ? Number.MAX_SAFE_INTEGER : index;
}
