import type { RunEvent } from "../../record/events.ts";
import type { Phase, PhaseName } from "./model.ts";

type ClusterTold = Extract<RunEvent, { kind: "cluster" }>;

/**
 * What each phase ends with, as the cluster tells it; the last three end with what the clients saw.
 *
 * `fenced` and `chosen` come in either order, so that promotion begins with the later of the two.
 */
const ENDS_WITH: readonly { readonly name: PhaseName; readonly events: readonly string[] }[] = [
  { name: "detection", events: ["failed"] },
  { name: "decision", events: ["decided"] },
  // A switchover stops the old primary in order.
  { name: "fencing", events: ["fenced", "stopped"] },
  { name: "promotion", events: ["promoting"] },
  { name: "end of recovery", events: ["promoted"] },
  { name: "endpoint", events: ["endpoint"] },
];

/** What makes a phase longer or shorter. */
export const CONTROLLED_BY: Readonly<Record<PhaseName, string>> = {
  detection:
    "`liveness` of the target (`every`, `timeout`, `misses`) for a primary that hangs; one whose process is gone is seen at once",
  decision: "a delay before failing over, and how many standbys must be asked",
  fencing:
    "how long the old primary may take to end: a dead one is only made sure of, a frozen one must be killed, one that is stopped in order writes a checkpoint first",
  promotion: "choosing the most advanced standby, and waiting until what it received is written",
  "end of recovery":
    "WAL that was received and not yet replayed (`recovery_min_apply_delay`, one process that replays), then `pg_promote`",
  endpoint:
    "how soon whoever asks for the primary is told of the new one: the address, a proxy, DNS",
  reconnect:
    "the clients' own time: connect timeout, pause between attempts, order of hosts, TLS and authentication",
  "first commit":
    "`synchronous_standby_names`: a commit waits until enough standbys stream from the new primary",
  "back to 90 %": "reads that miss cold caches, and the work that had piled up",
};

/** Instants that the clients saw, on the run's clock; `null` where they did not. */
export interface ClientInstants {
  /** The first write that the new server acknowledged was sent. */
  readonly firstSentMs: number | null;
  readonly firstAcknowledgedMs: number | null;
  readonly recoveredMs: number | null;
}

/**
 * The time from the fault to full throughput, cut where the cluster or a client tells of something.
 * A phase that nobody tells of is not there, and its time is the next one's. What came before the end
 * of the phase before it took no time.
 */
export function splitIntoPhases(
  faultMs: number,
  events: readonly ClusterTold[],
  client: ClientInstants,
): Phase[] {
  const told = (...wanted: readonly string[]) =>
    events.find(({ event, atMs }) => wanted.includes(event) && atMs >= faultMs)?.atMs ?? null;
  const promotedMs = told("promoted");
  if (promotedMs === null) return [];
  const ends: { readonly name: PhaseName; readonly atMs: number | null }[] = [
    ...ENDS_WITH.map(({ name, events }) => ({ name, atMs: told(...events) })),
    { name: "reconnect", atMs: client.firstSentMs },
    { name: "first commit", atMs: client.firstAcknowledgedMs },
    { name: "back to 90 %", atMs: client.recoveredMs },
  ];
  const phases: Phase[] = [];
  let startMs = faultMs;
  for (const { name, atMs } of ends) {
    if (atMs === null) continue;
    const endMs = Math.max(startMs, atMs);
    phases.push({ name, startMs, endMs });
    startMs = endMs;
  }
  return phases;
}
