import { heldBySlots } from "../../analysis/slots.ts";
import { fail, pass, unknown } from "../answers.ts";
import { byHand } from "../predict.ts";
import { defineRule } from "../rule.ts";

export const slotLost = defineRule({
  id: "slot-lost",
  asks: "Has a replication slot lost WAL that its reader still needs?",
  needs: ["pg-slots"],
  sources: [
    "https://www.postgresql.org/docs/current/view-pg-replication-slots.html",
    "https://www.postgresql.org/docs/current/warm-standby.html#STREAMING-REPLICATION-SLOTS",
  ],
  explainedBy: ["slot-retains-wal", "standby-frozen"],

  judge(evidence) {
    const slots = heldBySlots(evidence);
    if (slots === null) return unknown("pg-slots is not in the record.");
    const lost = slots.filter(({ isLost }) => isLost);
    const items = slots.map(({ slot, walStatus }) => ({
      name: `state of ${slot}`,
      value: walStatus,
      unit: "text",
      how: "last" as const,
      from: "pg-slots/walStatus",
    }));
    if (lost.length === 0) return pass("No slot has lost WAL.", items);
    const names = lost.map(({ slot }) => slot).join(", ");
    const limit = evidence.settingText("max_slot_wal_keep_size");
    const isLimited = limit !== null && limit !== "-1";
    return fail({
      because: `${lost.length === 1 ? "Slot" : "Slots"} ${names} lost WAL that was still needed.`,
      evidence: items,
      // The server says so itself, and the setting that lets it is there.
      confidence: isLimited ? "confirmed" : "suspected",
      advice:
        "Its reader cannot go on from the slot: let the standby fetch the missing WAL from the archive " +
        "or make it anew, and a logical subscriber copy its tables again; then drop the slot and " +
        "create another. Give `max_slot_wal_keep_size` more room than the longest time a reader may " +
        "be away.",
      refutedBy: "The reader goes on streaming from that slot.",
      experiment: byHand("the slot dropped and its reader made anew"),
      weight: 0.9,
    });
  },
});
