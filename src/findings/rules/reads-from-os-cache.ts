import { blockReads } from "../../analysis/block-reads.ts";
import { deviceReadBytesPerS } from "../../analysis/host.ts";
import { IDLE_READERS_SHARE_MAX } from "../../analysis/thresholds.ts";
import { formatBytes, formatNumber } from "../../lib/units.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

/** Share of the active time in fetching blocks from the page cache. */
const SHARE_MIN = 0.2;
/** Quicker than this is the page cache; up to `reads-from-device`'s 100 µs it could be either. */
const CACHE_US_MAX = 50;
const WAITING_MIN = 0.2;
const FROM_DEVICE_SHARE_MAX = 0.1;
const BLOCK_BYTES = 8192;

export const readsFromOsCache = defineRule({
  id: "reads-from-os-cache",
  asks: "Do sessions spend their time copying blocks from the operating system's cache?",
  needs: ["pg-waits", "pg-database"],
  sources: [
    "https://www.postgresql.org/docs/current/runtime-config-resource.html#GUC-SHARED-BUFFERS",
    "https://www.postgresql.org/docs/current/runtime-config-statistics.html#GUC-TRACK-IO-TIMING",
  ],
  explainedBy: [],

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
        threshold: CACHE_US_MAX,
      },
      {
        name: "part of it that the device read",
        value: fromDevice,
        unit: "ratio",
        from: "host-disk",
        threshold: FROM_DEVICE_SHARE_MAX,
      },
    ];
    const because = `${percent(reads.share)} of the active time fetches blocks`;
    if (reads.share < SHARE_MIN || reads.waiting < WAITING_MIN) return pass(`${because}.`, items);
    if (evidence.trial === null && reads.idleShare > IDLE_READERS_SHARE_MAX) {
      return unknown(
        `${because}, but ${percent(reads.idleShare)} of the sessions are idle: whether anybody is held ` +
          "back does not show.",
        items,
      );
    }
    if (reads.meanUs === null) return unknown(`${because}, but not how long each takes.`, items);
    const each = `${because}, ${formatNumber(reads.meanUs)} µs each`;
    if (reads.meanUs > CACHE_US_MAX) {
      return fromDevice !== null && fromDevice <= FROM_DEVICE_SHARE_MAX
        ? unknown(`${each}: slow for a cache, but the device was idle.`, items)
        : pass(`${each}: too slow for a cache.`, items);
    }
    if (fromDevice !== null && fromDevice > FROM_DEVICE_SHARE_MAX) {
      return unknown(`${each}, but the device read ${percent(fromDevice)} of them.`, items);
    }
    const buffers = evidence.settingBytes("shared_buffers");
    return fail({
      because: `${each}: the operating system's cache serves them.`,
      evidence: items,
      confidence: fromDevice !== null ? "confirmed" : "suspected",
      advice:
        `Raise \`shared_buffers\`${buffers === null ? "" : ` (now ${formatBytes(buffers)})`} towards ` +
        "a quarter of the memory, or to the size of the working set; faster disks would not help.",
      refutedBy: "With `shared_buffers` larger than the data throughput stays as it was.",
      weight: reads.share * 0.8,
    });
  },
});
