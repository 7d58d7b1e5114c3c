import type { Evidence, Series } from "./evidence.ts";
import { firstLevel, lastLevel, maxLevel, minLevel, slopePerS } from "./gauges.ts";

/** What one replication slot makes the server keep. */
export interface SlotHold {
  readonly slot: string;
  /** At the end of the window; of a logical slot that is read, what its reader has not confirmed. */
  readonly keptBytes: number;
  readonly grownBytes: number;
  /** It grew all along, by its interval too. */
  readonly isGrowing: boolean;
  /** A connection used it in some sample. */
  readonly isRead: boolean;
  readonly walStatus: (typeof WAL_STATUS)[number] | null;
  /** More is kept than `max_wal_size`. */
  readonly isExtended: boolean;
  /** Past `max_slot_wal_keep_size`: the next checkpoint may take the WAL away. */
  readonly isPastLimit: boolean;
  readonly isLost: boolean;
  readonly safeBytes: number | null;
  readonly unusedMs: number | null;
  /**
   * WAL from before what the reader has confirmed, at the end, and how much more that is than at the
   * start; `null` for a physical slot and for one that nobody reads.
   */
  readonly heldBack: { readonly bytes: number; readonly grownBytes: number } | null;
}

const WAL_STATUS = ["reserved", "extended", "unreserved", "lost"] as const;

/** Every slot that was seen; `null` where slots were not read. A gauge that was 0 all along is left out. */
export function heldBySlots(evidence: Evidence): SlotHold[] | null {
  const kept = evidence.keyed("pg-slots", "retainedBytes");
  const status = evidence.keyed("pg-slots", "walStatus");
  const active = evidence.keyed("pg-slots", "isActive");
  if (kept === null || status === null || active === null) return null;
  return [...new Set([...kept.keys(), ...status.keys(), ...active.keys()])].map((slot) =>
    holdOf(evidence, slot, { kept, status, active }),
  );
}

type Keyed = ReadonlyMap<string, Series>;

function holdOf(
  evidence: Evidence,
  slot: string,
  { kept, status, active }: Readonly<Record<"kept" | "status" | "active", Keyed>>,
): SlotHold {
  const isRead = (maxLevel(active.get(slot) ?? null) ?? 0) > 0;
  const isLogical = evidence.label("pg-slots", slot, "type") === "logical";
  // A logical slot keeps WAL from before what is confirmed, for transactions that still run.
  const confirmed = evidence.keyed("pg-slots", "confirmedLagBytes")?.get(slot) ?? null;
  const series = isRead && isLogical ? confirmed : (kept.get(slot) ?? null);
  const keptBytes = lastLevel(series) ?? 0;
  const growth = slopePerS(series);
  const safeBytes = lastLevel(evidence.keyed("pg-slots", "safeWalBytes")?.get(slot) ?? null);
  const step = Math.round(lastLevel(status.get(slot) ?? null) ?? 0);
  return {
    slot,
    keptBytes,
    grownBytes: keptBytes - (firstLevel(series) ?? keptBytes),
    isGrowing:
      growth.is === "slope" && growth.low > 0 && keptBytes > (minLevel(series) ?? keptBytes),
    isRead,
    walStatus: WAL_STATUS[step] ?? null,
    isExtended: step >= 1,
    isPastLimit: step === 2 || (safeBytes !== null && safeBytes < 0),
    isLost: WAL_STATUS[step] === "lost",
    safeBytes,
    unusedMs: lastLevel(evidence.keyed("pg-slots", "inactiveMs")?.get(slot) ?? null),
    heldBack: isRead && isLogical ? heldBackOf(kept.get(slot) ?? null, confirmed) : null,
  };
}

function heldBackOf(kept: Series | null, confirmed: Series | null): SlotHold["heldBack"] {
  const held = (read: (series: Series | null) => number | null) =>
    Math.max(0, (read(kept) ?? 0) - (read(confirmed) ?? 0));
  const bytes = held(lastLevel);
  return { bytes, grownBytes: bytes - held(firstLevel) };
}
