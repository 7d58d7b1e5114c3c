import { increase } from "../../analysis/counters.ts";
import { fullPageImageShare, walBytesPerS } from "../../analysis/wal.ts";
import { FREQUENT_CHECKPOINTS } from "../../analysis/thresholds.ts";
import { formatBytes, formatDurationMs } from "../../lib/units.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { lessWal, setting } from "../predict.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

export const checkpointsTooFrequent = defineRule({
  id: "checkpoints-too-frequent",
  asks: "Does the clock set off checkpoints so often that full-page images make up most of the WAL?",
  needs: ["pg-checkpoints", "pg-wal"],
  sources: ["https://www.postgresql.org/docs/current/wal-configuration.html"],
  explainedBy: [],

  judge(evidence) {
    const timeoutMs = evidence.settingMs("checkpoint_timeout");
    const timed = increase(evidence.series("pg-checkpoints", "timed"));
    const forced = increase(evidence.series("pg-checkpoints", "requested"));
    if (timeoutMs === null) return unknown("`checkpoint_timeout` is not readable.");
    const items: EvidenceItem[] = [
      {
        name: "checkpoint_timeout",
        value: timeoutMs,
        unit: "ms",
        how: "fact",
        from: "pg_settings",
        threshold: FREQUENT_CHECKPOINTS.timeoutMsMin,
      },
      {
        name: "timed checkpoints",
        value: timed,
        unit: "count",
        how: "total",
        from: "pg-checkpoints/timed",
      },
    ];
    if (timeoutMs >= FREQUENT_CHECKPOINTS.timeoutMsMin) {
      return pass(`The clock sets one off every ${formatDurationMs(timeoutMs)} at most.`, items);
    }
    if (timed === null || forced === null) {
      return unknown("pg-checkpoints has fewer than two samples.", items);
    }
    if (timed < FREQUENT_CHECKPOINTS.checkpointsMin || timed <= forced) {
      return unknown(`Only ${timed} checkpoints were set off by the clock.`, items);
    }
    const walPerS = walBytesPerS(evidence);
    if (walPerS !== null && walPerS < FREQUENT_CHECKPOINTS.walBytesPerSMin) {
      return pass(`Hardly anything is written: ${formatBytes(walPerS)}/s of WAL.`, items);
    }
    const imageShare = fullPageImageShare(evidence);
    if (imageShare === null) return unknown("How much of the WAL is images is not known.", items);
    const image: EvidenceItem = {
      name: "full-page images",
      value: imageShare,
      unit: "ratio of WAL",
      how: "mean",
      from: "pg-wal/walFpi",
      threshold: FREQUENT_CHECKPOINTS.imageShareMax,
    };
    if (imageShare <= FREQUENT_CHECKPOINTS.imageShareMax) {
      return pass(`Full-page images are ${percent(imageShare)} of the WAL.`, [...items, image]);
    }
    return fail({
      because:
        `${timed} checkpoints, one every ${formatDurationMs(timeoutMs)}, make ` +
        `${percent(imageShare)} of the WAL full-page images.`,
      evidence: [...items, image],
      confidence: "confirmed",
      advice:
        "Set `checkpoint_timeout` to 15 to 30 minutes and `max_wal_size` to what is written in " +
        "twice that time; look at the time that recovery then takes.",
      refutedBy: "With a longer `checkpoint_timeout` WAL per transaction stays as it was.",
      experiment: setting("checkpoint_timeout", "15min", lessWal(1 - imageShare / 2)),
      weight: imageShare * 0.5,
    });
  },
});
