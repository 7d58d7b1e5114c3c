import { blockReads } from "../../analysis/block-reads.ts";
import { deviceReadBytesPerS } from "../../analysis/host.ts";
import { IDLE_DEVICE_READERS_SHARE_MAX } from "../../analysis/thresholds.ts";
import { formatNumber } from "../../lib/units.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

/** Share of the active time in waiting for blocks. */
const SHARE_MIN = 0.2;
/** A read of 8 kB from the page cache takes 10 to 50 µs, from a local device 80 µs and more. */
const DEVICE_US_MIN = 100;
/** With less at work on average, nobody is held back. */
const WAITING_MIN = 0.2;
/** The device must have read what the database asked for, in good part. */
const FROM_DEVICE_SHARE_MIN = 0.5;
const BLOCK_BYTES = 8192;

export const readsFromDevice = defineRule({
  id: "reads-from-device",
  asks: "Do sessions wait for blocks that are read from the device?",
  needs: ["pg-waits", "pg-database"],
  sources: [
    "https://www.postgresql.org/docs/current/runtime-config-statistics.html#GUC-TRACK-IO-TIMING",
    "https://www.postgresql.org/docs/current/monitoring-stats.html#WAIT-EVENT-IO-TABLE",
  ],
  explainedBy: ["storage-level-dropped", "bloat"],

  judge(evidence) {
    const reads = blockReads(evidence);
    if (reads === null) return unknown("pg-waits or pg-database has too few samples.");
    const deviceBytesPerS = deviceReadBytesPerS(evidence);
    const fromDevice =
      deviceBytesPerS === null || reads.perS === 0
        ? null
        : Math.min(1, deviceBytesPerS / (reads.perS * BLOCK_BYTES));
    const items: EvidenceItem[] = [
      {
        name: "active time in reading blocks",
        value: reads.share,
        unit: "ratio",
        from: "pg-waits/sessions",
        threshold: SHARE_MIN,
      },
      { name: "blocks read", value: reads.perS, unit: "per s", from: "pg-database/allBlocksRead" },
      {
        name: "mean time of a read",
        value: reads.meanUs,
        unit: "µs",
        from: reads.isTimed ? "pg-database/blockReadMs" : "pg-waits/sessions",
        threshold: DEVICE_US_MIN,
      },
      {
        name: "part of it that the device read",
        value: fromDevice,
        unit: "ratio",
        from: "host-disk",
        threshold: FROM_DEVICE_SHARE_MIN,
      },
    ];
    const because = `${percent(reads.share)} of the active time waits for blocks`;
    if (reads.share < SHARE_MIN || reads.waiting < WAITING_MIN) return pass(`${because}.`, items);
    if (evidence.trial === null && reads.idleShare > IDLE_DEVICE_READERS_SHARE_MAX) {
      return unknown(
        `${because}, but ${percent(reads.idleShare)} of the sessions are idle: whether anybody is held ` +
          "back does not show.",
        items,
      );
    }
    if (reads.meanUs === null) return unknown(`${because}, but not how long each takes.`, items);
    const each = `${because}, ${formatNumber(reads.meanUs)} µs each`;
    if (reads.meanUs < DEVICE_US_MIN) return pass(`${each}: too quick for a device.`, items);
    if (fromDevice !== null && fromDevice < FROM_DEVICE_SHARE_MIN) {
      return unknown(`${each}, but the device read only ${percent(fromDevice)} of them.`, items);
    }
    return fail({
      because: `${each}.`,
      evidence: items,
      confidence: reads.isTimed || fromDevice !== null ? "confirmed" : "suspected",
      advice:
        "Give the working set room: more memory and `shared_buffers`, or read less (indexes, " +
        "smaller rows, vacuum); otherwise storage with quicker reads. Compare with the device's own " +
        "random reads of 8 kB.",
      refutedBy: "With data that fits into memory throughput stays as it was.",
      weight: reads.share,
    });
  },
});
