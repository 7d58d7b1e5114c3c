import { msUntilFull } from "../../analysis/archiving.ts";
import type { Evidence } from "../../analysis/evidence.ts";
import { formatBytes } from "../../lib/units.ts";
import { heldBySlots, type SlotHold } from "../../analysis/slots.ts";
import { SLOT, UNUSED_SLOT } from "../../analysis/thresholds.ts";
import { walBytesPerS } from "../../analysis/wal.ts";
import { fail, pass, unknown } from "../answers.ts";
import { byHand } from "../predict.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

export const slotRetainsWal = defineRule({
  id: "slot-retains-wal",
  asks: "Does a replication slot make the server keep WAL that piles up?",
  needs: ["pg-slots"],
  sources: [
    "https://www.postgresql.org/docs/current/view-pg-replication-slots.html",
    "https://www.postgresql.org/docs/current/runtime-config-replication.html#GUC-MAX-SLOT-WAL-KEEP-SIZE",
  ],
  explainedBy: ["standby-frozen"],

  judge(evidence) {
    const slots = heldBySlots(evidence);
    if (slots === null) return unknown("pg-slots is not in the record.");
    const worst = slots.reduce<SlotHold | null>(
      (most, one) => (most === null || one.keptBytes > most.keptBytes ? one : most),
      null,
    );
    if (worst === null) return pass("There is no slot that keeps WAL.");
    const items = itemsOf(evidence, worst);
    const { slot, keptBytes, grownBytes, isRead, isPastLimit } = worst;
    const keeps = `Slot ${slot} keeps ${formatBytes(keptBytes)} of WAL`;
    const isPilingUp = isRead
      ? keptBytes >= SLOT.laggingBytesMin && worst.isGrowing
      : (grownBytes > 0 && keptBytes >= SLOT.growingBytesMin) || keptBytes >= SLOT.standingBytesMin;
    if (!isPilingUp && !isPastLimit) {
      return pass(`${keeps}${isRead ? "" : ", and nobody reads it yet"}.`, items);
    }
    const isKeptLong = worst.isExtended || (worst.unusedMs ?? 0) >= UNUSED_SLOT.unusedSureMs;
    return fail({
      because:
        `${keeps}, ${formatBytes(Math.max(0, grownBytes))} more than at the start; ` +
        (isRead ? "its reader falls behind." : "nobody reads it."),
      evidence: items,
      confidence:
        isPastLimit || isKeptLong || (!isRead && grownBytes > 0) ? "confirmed" : "suspected",
      advice:
        (isRead
          ? "Find out what its reader waits for (network, disk, a frozen process). "
          : "Bring its reader back, or drop the slot if none will come. ") +
        "Set `max_slot_wal_keep_size` so that one standby cannot fill the volume, and let standbys " +
        "fetch old WAL from the archive (`restore_command`). Transactions are not slowed by it.",
      refutedBy: "The slot's `restart_lsn` moves on and what it keeps shrinks.",
      experiment: byHand(
        isRead ? "a reader that keeps up" : "its reader back, or the slot dropped",
      ),
      weight: 0.85,
    });
  },
});

function itemsOf(evidence: Evidence, worst: SlotHold): EvidenceItem[] {
  const perS = walBytesPerS(evidence);
  const untilLostMs =
    worst.safeBytes === null || perS === null || perS <= 0
      ? null
      : (Math.max(0, worst.safeBytes) / perS) * 1000;
  const fullMs = perS === null ? null : msUntilFull(evidence, perS);
  return [
    { name: "slot", value: worst.slot, unit: "text", how: "fact", from: "pg-slots" },
    {
      name: "WAL that it keeps",
      value: worst.keptBytes,
      unit: "bytes",
      how: "last",
      from: "pg-slots/retainedBytes",
      threshold: worst.isRead ? SLOT.laggingBytesMin : SLOT.growingBytesMin,
    },
    {
      name: "more than at the start",
      value: worst.grownBytes,
      unit: "bytes",
      how: "growth",
      from: "pg-slots/retainedBytes",
    },
    {
      name: "readers",
      value: worst.isRead ? 1 : 0,
      unit: "count",
      how: "peak",
      from: "pg-slots/isActive",
    },
    { name: "WAL", value: perS, unit: "bytes/s", how: "mean", from: "pg-wal/walBytes" },
    {
      name: "time until the slot is lost",
      value: untilLostMs,
      unit: "ms",
      how: "forecast",
      from: "pg-slots/safeWalBytes",
    },
    {
      name: "time until the volume is full",
      value: fullMs,
      unit: "ms",
      how: "forecast",
      from: "host-volume/availableBytes",
    },
  ];
}
