import { increase } from "../../analysis/counters.ts";
import { lastLevel } from "../../analysis/gauges.ts";
import { heldBySlots } from "../../analysis/slots.ts";
import { SLOT_HELD } from "../../analysis/thresholds.ts";
import { formatBytes, formatDurationMs } from "../../lib/units.ts";
import { fail, pass, unknown } from "../answers.ts";
import { byHand } from "../predict.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

export const slotHeldByTransaction = defineRule({
  id: "slot-held-by-transaction",
  asks: "Does an open transaction make a logical slot keep WAL that its reader is done with?",
  needs: ["pg-slots", "pg-activity"],
  sources: [
    "https://www.postgresql.org/docs/current/view-pg-replication-slots.html",
    "https://www.postgresql.org/docs/current/logicaldecoding-explanation.html",
  ],
  explainedBy: [],

  judge(evidence) {
    const slots = heldBySlots(evidence);
    if (slots === null) return unknown("pg-slots is not in the record.");
    const held = slots.flatMap(({ heldBack, ...slot }) =>
      heldBack === null ? [] : [{ ...slot, ...heldBack }],
    );
    const worst = held.toSorted((a, b) => b.bytes - a.bytes)[0];
    if (worst === undefined) return pass("No logical slot is read.");
    const xactAgeMs = lastLevel(evidence.series("pg-activity", "oldestWritingXactAgeMs"));
    const written = increase(evidence.series("pg-wal", "lsnBytes"));
    const { slot, bytes, grownBytes, keptBytes } = worst;
    const items: EvidenceItem[] = [
      { name: "slot", value: slot, unit: "text", how: "fact", from: "pg-slots" },
      {
        name: "WAL that it keeps although its reader has confirmed it",
        value: bytes,
        unit: "bytes",
        how: "last",
        from: "pg-slots/retainedBytes, confirmedLagBytes",
        threshold: SLOT_HELD.bytesMin,
      },
      {
        name: "more than at the start",
        value: grownBytes,
        unit: "bytes",
        how: "growth",
        from: "pg-slots/retainedBytes, confirmedLagBytes",
      },
      {
        name: "WAL that its reader has not confirmed",
        value: keptBytes,
        unit: "bytes",
        how: "last",
        from: "pg-slots/confirmedLagBytes",
      },
      {
        name: "WAL written",
        value: written,
        unit: "bytes",
        how: "growth",
        from: "pg-wal/lsnBytes",
      },
      {
        name: "age of the oldest transaction that has written",
        value: xactAgeMs,
        unit: "ms",
        how: "timed",
        isAtLeast: true,
        from: "pg-activity/oldestWritingXactAgeMs",
        threshold: SLOT_HELD.xactAgeMsMin,
      },
    ];
    const because = `Slot ${slot} keeps ${formatBytes(bytes)} of WAL that its reader has confirmed`;
    if (bytes < SLOT_HELD.bytesMin) return pass(`${because}.`, items);
    if (xactAgeMs === null) return unknown(`${because}; what for was not seen.`, items);
    if (xactAgeMs < SLOT_HELD.xactAgeMsMin) {
      return pass(`${because}; no transaction has been open for long.`, items);
    }
    return fail({
      because:
        `${because}: a transaction that has written has been open for ` +
        `${formatDurationMs(xactAgeMs)}, and decoding would have to start before it.`,
      evidence: items,
      confidence: written !== null && written > 0 && grownBytes > 0 ? "confirmed" : "suspected",
      advice:
        "End that transaction (`pg_stat_activity`, the oldest `xact_start` with a `backend_xid`; " +
        "`pg_prepared_xacts`), commit long batches in parts, and set " +
        "`idle_in_transaction_session_timeout`. Until then no WAL since then goes away, however well " +
        "the reader keeps up, and after a restart it reads all of it again.",
      refutedBy: "That transaction ends, the reader goes on, and `restart_lsn` does not move.",
      experiment: byHand("that transaction ended"),
      weight: 0.8,
    });
  },
});
