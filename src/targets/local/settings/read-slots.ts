import type { ConnectionSlots } from "../../../contracts/target-asks.ts";
import type { Parameters } from "../parameters.ts";
import type { TrialCluster } from "./trial-cluster.ts";

/** What a server with these settings has for sessions, as its binaries understand them. */
export async function readSlots(
  cluster: TrialCluster,
  parameters: Parameters,
  ofTarget: number,
): Promise<ConnectionSlots | null> {
  const read = async (name: string) => {
    const text = await cluster.valueOf(name, parameters);
    return text === null ? null : Number(text);
  };
  const [
    connections,
    forSuperusers,
    forRoles,
    locksEach,
    prepared,
    vacuums,
    slots,
    workers,
    senders,
  ] = await Promise.all([
    read("max_connections"),
    read("superuser_reserved_connections"),
    read("reserved_connections"), // From 16 on.
    read("max_locks_per_transaction"),
    read("max_prepared_transactions"),
    read("autovacuum_max_workers"),
    read("autovacuum_worker_slots"), // From 18 on.
    read("max_worker_processes"),
    read("max_wal_senders"),
  ]);
  if (connections === null) return null;
  // As PostgreSQL counts backends (`MaxBackends`), with the launcher of autovacuum.
  const others = (slots ?? vacuums ?? 0) + 1 + (workers ?? 0) + (senders ?? 0);
  const lockers = connections + others + (prepared ?? 0);
  return {
    connections,
    reserved: (forSuperusers ?? 0) + (forRoles ?? 0),
    taken: 0,
    ofTarget,
    limits: [],
    locks: locksEach === null ? null : locksEach * lockers,
    lockers,
  };
}
