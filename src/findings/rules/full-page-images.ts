import { activeSessions, shareIn } from "../../analysis/aas.ts";
import { increase } from "../../analysis/counters.ts";
import { fullPageImageShare, walBytesPerS } from "../../analysis/wal.ts";
import { FULL_PAGE_IMAGES } from "../../analysis/thresholds.ts";
import { formatBytes } from "../../lib/units.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { lessWal, setting } from "../predict.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

export const fullPageImages = defineRule({
  id: "full-page-images",
  asks: "Is most of the WAL full-page images, over whole checkpoint cycles?",
  needs: ["pg-wal", "pg-checkpoints"],
  sources: [
    "https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-FULL-PAGE-WRITES",
    "https://www.postgresql.org/docs/current/wal-configuration.html",
  ],
  explainedBy: ["checkpoints-forced-by-wal", "checkpoints-too-frequent"],
  kind: "limit",

  judge(evidence) {
    const share = fullPageImageShare(evidence);
    const walPerS = walBytesPerS(evidence);
    if (share === null || walPerS === null) {
      return unknown("pg-wal has fewer than two samples, or this server does not count images.");
    }
    const timed = increase(evidence.series("pg-checkpoints", "timed"));
    const forced = increase(evidence.series("pg-checkpoints", "requested"));
    const cycles = timed === null || forced === null ? null : timed + forced;
    const items: EvidenceItem[] = [
      {
        name: "full-page images",
        value: share,
        unit: "ratio of WAL",
        how: "mean",
        from: "pg-wal/walFpi",
        threshold: FULL_PAGE_IMAGES.shareMax,
      },
      {
        name: "WAL",
        value: walPerS,
        unit: "bytes/s",
        how: "mean",
        from: "pg-wal/walBytes",
        threshold: FULL_PAGE_IMAGES.walBytesPerSMin,
      },
      { name: "checkpoints", value: cycles, unit: "count", how: "total", from: "pg-checkpoints" },
    ];
    const because = `Full-page images are ${percent(share)} of ${formatBytes(walPerS)}/s of WAL.`;
    if (share <= FULL_PAGE_IMAGES.shareMax || walPerS < FULL_PAGE_IMAGES.walBytesPerSMin)
      return pass(because, items);
    if (cycles === null || cycles < FULL_PAGE_IMAGES.cyclesMin) {
      return unknown(
        `${because} The window holds no whole checkpoint cycles to judge it by.`,
        items,
      );
    }
    const compression = evidence.settingText("wal_compression");
    if (compression !== null && compression !== "off") {
      return unknown(`At most: ${because} They are compressed, and counted as if not.`, items);
    }
    const active = activeSessions(evidence);
    const waitShare =
      active === null ? null : shareIn(active, "IO:WALSync", "IO:WALWrite", "LWLock:WALWrite");
    return fail({
      because,
      evidence: [
        ...items,
        {
          name: "active time in writing WAL",
          value: waitShare,
          unit: "ratio",
          how: "mean",
          from: "pg-waits/sessions",
          threshold: FULL_PAGE_IMAGES.walWaitShareMin,
        },
      ],
      confidence: (waitShare ?? 0) >= FULL_PAGE_IMAGES.walWaitShareMin ? "confirmed" : "suspected",
      advice:
        "Let checkpoints come less often (`max_wal_size`, `checkpoint_timeout`), switch " +
        "`wal_compression` on, and avoid writes to random pages (random UUIDs as keys). Leave " +
        "`full_page_writes` on unless the storage writes 8 kB whole or not at all.",
      refutedBy: "With `wal_compression = lz4` the WAL per transaction stays as it was.",
      experiment: setting("wal_compression", "on", lessWal(1 - share / 2)),
      weight: share * (waitShare ?? 0.1),
    });
  },
});
