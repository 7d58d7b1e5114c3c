import { increase } from "../../analysis/counters.ts";
import { checkpointDistanceBytes, walBytesPerS } from "../../analysis/wal.ts";
import { FORCED_CHECKPOINTS } from "../../analysis/thresholds.ts";
import { formatBytes, formatDurationMs } from "../../lib/units.ts";
import { fail, pass, unknown } from "../answers.ts";
import { lessWal, setting } from "../predict.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

export const checkpointsForcedByWal = defineRule({
  id: "checkpoints-forced-by-wal",
  asks: "Did the amount of WAL, and not the clock, set off the checkpoints?",
  needs: ["pg-checkpoints", "pg-wal"],
  sources: ["https://www.postgresql.org/docs/current/wal-configuration.html"],
  explainedBy: [],

  judge(evidence) {
    const timed = increase(evidence.series("pg-checkpoints", "timed"));
    const forced = increase(evidence.series("pg-checkpoints", "requested"));
    if (timed === null || forced === null) {
      return unknown("pg-checkpoints has fewer than two samples.");
    }
    const total = timed + forced;
    const timeoutMs = evidence.settingMs("checkpoint_timeout");
    const distanceBytes = checkpointDistanceBytes(evidence);
    const walPerS = walBytesPerS(evidence);
    const fillMs =
      distanceBytes === null || walPerS === null || walPerS <= 0
        ? null
        : (distanceBytes / walPerS) * 1000;
    const items: EvidenceItem[] = [
      {
        name: "forced checkpoints",
        value: forced,
        unit: "count",
        how: "total",
        from: "pg-checkpoints/requested",
      },
      {
        name: "timed checkpoints",
        value: timed,
        unit: "count",
        how: "total",
        from: "pg-checkpoints/timed",
      },
      { name: "WAL", value: walPerS, unit: "bytes/s", how: "mean", from: "pg-wal/walBytes" },
      {
        name: "time in which the WAL forces a checkpoint",
        value: fillMs,
        unit: "ms",
        how: "forecast",
        from: "pg-wal/walBytes, pg_settings",
        ...(timeoutMs === null
          ? {}
          : { threshold: FORCED_CHECKPOINTS.intervalShareMax * timeoutMs }),
      },
    ];
    const isSlow =
      walPerS === 0 ||
      (fillMs !== null &&
        timeoutMs !== null &&
        fillMs > FORCED_CHECKPOINTS.intervalShareMax * timeoutMs);
    if (total < FORCED_CHECKPOINTS.checkpointsMin && isSlow) {
      return pass(
        fillMs === null
          ? "No WAL is written that would force one."
          : `The WAL would force one only every ${formatDurationMs(fillMs)}; the clock strikes every ` +
              `${formatDurationMs(timeoutMs ?? 0)}.`,
        items,
      );
    }
    if (total < FORCED_CHECKPOINTS.checkpointsMin) {
      const forecast =
        fillMs !== null &&
        timeoutMs !== null &&
        fillMs < FORCED_CHECKPOINTS.intervalShareMax * timeoutMs
          ? ` At this rate the WAL would force one every ${formatDurationMs(fillMs)}.`
          : "";
      return unknown(
        `Checkpoints in the window: ${total}; ${FORCED_CHECKPOINTS.checkpointsMin} are needed.${forecast}`,
        items,
      );
    }
    const because = `${forced} of ${total} checkpoints were forced.`;
    if (forced / total <= FORCED_CHECKPOINTS.forcedShareMax) return pass(because, items);
    if (fillMs === null || timeoutMs === null) {
      return unknown(`${because} Whether by the WAL or by hand is not known.`, items);
    }
    if (isSlow) {
      return pass(
        `${because} The WAL would force one only every ${formatDurationMs(fillMs)}, so that ` +
          "somebody asked for them.",
        items,
      );
    }
    const wantedBytes =
      walPerS! *
      (timeoutMs / 1000) *
      (distanceRatio(evidence) ?? 1.9) *
      FORCED_CHECKPOINTS.headroom;
    return fail({
      because: `${because} The WAL fills its share of \`max_wal_size\` in ${formatDurationMs(fillMs)}.`,
      evidence: items,
      confidence: "confirmed",
      advice:
        `Raise \`max_wal_size\` to about ${formatBytes(wantedBytes)}, so that \`checkpoint_timeout\` ` +
        "sets the pace; look at the time that recovery then takes.",
      refutedBy:
        "With the larger `max_wal_size` WAL per transaction and throughput stay as they were.",
      experiment: setting(
        "max_wal_size",
        `${Math.ceil((4 * (evidence.settingBytes("max_wal_size") ?? 1024 ** 3)) / 1024 ** 2)}MB`,
        lessWal(null),
      ),
      weight: (forced / total) * (1 - fillMs / timeoutMs) * 0.5,
    });
  },
});

/** `max_wal_size` over the distance between checkpoints. */
function distanceRatio(evidence: Parameters<typeof checkpointDistanceBytes>[0]): number | null {
  const maxBytes = evidence.settingBytes("max_wal_size");
  const distanceBytes = checkpointDistanceBytes(evidence);
  return maxBytes === null || distanceBytes === null ? null : maxBytes / distanceBytes;
}
