import type { ClusterPlan } from "./cluster-plan.ts";
import type { ServerSession } from "./server-session.ts";

const SLOT_MS = 10_000;

/**
 * Has a slot for each other member. On the primary it keeps WAL back, also for one that is down. On a
 * standby it only waits for the day of a promotion, and must keep nothing back.
 *
 * @see https://www.postgresql.org/docs/current/warm-standby.html#STREAMING-REPLICATION-SLOTS
 */
export async function keepSlots(
  session: ServerSession,
  { members }: ClusterPlan,
  { name, isStandby }: { readonly name: string; readonly isStandby: boolean },
): Promise<void> {
  const rows = await session.query<{ slot: string; active: boolean; reserved: boolean }>(
    `select slot_name as slot, active, restart_lsn is not null as reserved
       from pg_replication_slots where slot_type = 'physical'`,
    SLOT_MS,
  );
  for (const other of members) {
    if (other.name === name) continue;
    const slot = rows.find((row) => row.slot === other.name);
    if (slot?.active === true || (slot !== undefined && slot.reserved !== isStandby)) continue;
    const quoted = `'${other.name}'`;
    if (slot !== undefined)
      await session.query(`select pg_drop_replication_slot(${quoted})`, SLOT_MS);
    await session.query(
      `select pg_create_physical_replication_slot(${quoted}, ${isStandby ? "false" : "true"})`,
      SLOT_MS,
    );
  }
}
