import { activeSessions, shareIn } from "../../analysis/aas.ts";
import { ratePerS } from "../../analysis/counters.ts";
import { WAL_BUFFERS } from "../../analysis/thresholds.ts";
import { formatBytes, formatNumber } from "../../lib/units.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { fasterBy, setting } from "../predict.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

export const walBuffers = defineRule({
  id: "wal-buffers",
  asks: "Do sessions wait for room in the WAL buffers?",
  needs: ["pg-wal", "pg-waits"],
  sources: [
    "https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-WAL-BUFFERS",
    "https://www.postgresql.org/docs/current/wal-configuration.html",
  ],
  explainedBy: ["wal-device-limited", "storage-level-dropped"],

  judge(evidence) {
    const fullPerS = ratePerS(evidence.series("pg-wal", "walBuffersFull"));
    const active = activeSessions(evidence);
    if (fullPerS === null || active === null) {
      return unknown("pg-wal or pg-waits has too few samples.");
    }
    // Whoever finds no room writes WAL out before it may insert its own.
    const share = shareIn(active, "LWLock:WALInsert", "LWLock:WALBufMapping", "IO:WALWrite");
    const items: EvidenceItem[] = [
      {
        name: "writes for want of room",
        value: fullPerS,
        unit: "per s",
        how: "mean",
        from: "pg-wal/walBuffersFull",
        threshold: WAL_BUFFERS.fullPerSMax,
      },
      {
        name: "active time in making room for WAL or waiting for it",
        value: share,
        unit: "ratio",
        how: "mean",
        from: "pg-waits/sessions",
        threshold: WAL_BUFFERS.insertShareMin,
      },
    ];
    const because =
      `The WAL buffers were full ${formatNumber(fullPerS)} times per second, and ` +
      `${percent(share)} of the active time went into waiting for a place in them.`;
    const isFull = fullPerS > WAL_BUFFERS.fullPerSMax;
    const isWaited = share >= WAL_BUFFERS.insertShareMin && active.total >= WAL_BUFFERS.activeMin;
    if (!isFull && !isWaited) return pass(because, items);
    if (!isWaited) {
      return unknown(`${because} Whether that slows anybody down does not show.`, items);
    }
    if (!isFull) {
      return unknown(
        `${percent(share)} of the active time went into waiting for a place in the WAL buffers, but they ` +
          `were full only ${formatNumber(fullPerS)} times per second: sessions hinder one another, or the ` +
          "device does.",
        items,
      );
    }
    const bytes = evidence.settingBytes("wal_buffers");
    if (bytes !== null && bytes >= WAL_BUFFERS.largeBytesMin) {
      return unknown(
        `${because} They hold ${formatBytes(bytes)}: WAL is generated faster than it is written, and more ` +
          "room only puts that off.",
        items,
      );
    }
    return fail({
      because,
      evidence: items,
      confidence: "confirmed",
      advice: "Raise `wal_buffers` (16MB to 64MB; needs a restart).",
      refutedBy: "With larger `wal_buffers` the count falls and throughput stays as it was.",
      experiment: setting("wal_buffers", "64MB", fasterBy(share)),
      weight: share,
    });
  },
});
