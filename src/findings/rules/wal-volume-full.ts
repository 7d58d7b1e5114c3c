import { availableWalBytes, msUntilFull, segmentBytesOf } from "../../analysis/archiving.ts";
import type { Evidence } from "../../analysis/evidence.ts";
import { lastLevel, slopePerS } from "../../analysis/gauges.ts";
import { heldBySlots } from "../../analysis/slots.ts";
import { SILENT_SERVER, WAL_VOLUME } from "../../analysis/thresholds.ts";
import { walBytesPerS } from "../../analysis/wal.ts";
import { formatBytes, formatDurationMs } from "../../lib/units.ts";
import { fail, pass, unknown } from "../answers.ts";
import { byHand } from "../predict.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

export const walVolumeFull = defineRule({
  id: "wal-volume-full",
  asks: "Is the volume of the WAL full, or will it be before long?",
  needs: ["host-volume", "pg-wal"],
  sources: [
    "https://www.postgresql.org/docs/current/disk-full.html",
    "https://www.postgresql.org/docs/current/wal-configuration.html",
  ],
  explainedBy: [
    "archive-slower-than-wal",
    "archive-failing",
    "archive-hung",
    "slot-retains-wal",
    "standby-frozen",
    "checkpointer-stuck",
  ],

  judge(evidence) {
    const available = availableWalBytes(evidence);
    const panic = panicOf(evidence);
    const segmentBytes = segmentBytesOf(evidence);
    if (available === null) {
      return panic === null
        ? unknown("The volume of the WAL was not seen.")
        : failFull(panic, [], true);
    }
    const kept = keptOf(evidence);
    const fullMs = kept === null ? null : msUntilFull(evidence, kept.perS);
    const items: EvidenceItem[] = [
      {
        name: "room on the volume",
        value: available,
        unit: "bytes",
        how: "last",
        from: "host-volume/availableBytes",
        threshold: WAL_VOLUME.segmentsFreeMin * segmentBytes,
      },
      {
        name: "WAL that cannot be taken away",
        value: kept?.perS ?? null,
        unit: "bytes/s",
        how: "mean",
        from: kept?.from ?? "pg-archiver, pg-slots",
      },
      {
        name: "time until it is full",
        value: fullMs,
        unit: "ms",
        how: "forecast",
        from: "host-volume/availableBytes",
        threshold: WAL_VOLUME.forecastMsMax,
      },
    ];
    const room = `${formatBytes(available)} of room are left on the volume of the WAL`;
    if (panic !== null) return failFull(panic, items, true);
    if (available < WAL_VOLUME.segmentsFreeMin * segmentBytes) {
      const isDown = isPrimarySilent(evidence);
      return failFull(
        `Only ${room}${isDown ? ", and the server answers no more" : ""}.`,
        items,
        isDown,
      );
    }
    if (kept === null) return unknown(`${room}; how fast it shrinks is not known.`, items);
    if (kept.perS <= 0 || fullMs === null) {
      return pass(`${room}, and nothing keeps WAL from being taken away.`, items);
    }
    const forecast = `${room}; it will be full in ${formatDurationMs(fullMs)}, since ${kept.why}.`;
    if (fullMs > WAL_VOLUME.forecastMsMax) return pass(forecast, items);
    return fail({
      because: forecast,
      evidence: items,
      confidence: kept.isSure ? "confirmed" : "suspected",
      advice:
        "End what keeps the WAL: the finding before this one says what. To gain time enlarge the " +
        "volume; never delete files from `pg_wal` by hand.",
      refutedBy: "The room on the volume stays as it is under the same load.",
      experiment: byHand("what keeps the WAL ended"),
      weight: 0.9,
    });
  },
});

function failFull(because: string, evidence: readonly EvidenceItem[], isEvent: boolean) {
  return fail({
    because,
    evidence,
    confidence: isEvent ? "confirmed" : "suspected",
    advice:
      "Make room on the volume (enlarge it, or move what is not the database's), then start the server. " +
      "Never delete files from `pg_wal` by hand. Then end what kept the WAL: archive, slot, standby.",
    refutedBy: "There is room on the volume, and the server writes WAL.",
    experiment: byHand("room on the volume, and what kept the WAL ended"),
    weight: 1,
  });
}

/** It answered at first, and nothing came of the last readings. */
function isPrimarySilent(evidence: Evidence): boolean {
  const { v } = evidence.series("pg-server", "isInRecovery") ?? { v: [] };
  const recent = v.slice(-SILENT_SERVER.silentSamples);
  return recent.length === SILENT_SERVER.silentSamples && recent.every((value) => value === null);
}

/** The server gave up since the volume was full. */
function panicOf(evidence: Evidence): string | null {
  for (const event of evidence.events) {
    if (event.kind === "error" && /No space left on device/i.test(event.text)) {
      return `The server stopped: ${event.text}.`;
    }
  }
  return null;
}

interface Kept {
  readonly perS: number;
  readonly why: string;
  readonly from: string;
  readonly isSure: boolean;
}

/** WAL per second that no checkpoint may take away, and why; `null` where it is not known. */
function keptOf(evidence: Evidence): Kept | null {
  const walPerS = walBytesPerS(evidence);
  if (walPerS === null) return null;
  const candidates: Kept[] = [{ perS: 0, why: "", from: "pg-wal", isSure: true }];
  const ready = evidence.series("pg-archiver", "ready");
  const growth = slopePerS(ready);
  if (growth.is === "slope" && growth.low > 0) {
    const perS = Math.min(walPerS, growth.slope * segmentBytesOf(evidence));
    candidates.push({
      perS,
      why: "segments wait for the archive",
      from: "pg-archiver/ready",
      isSure: true,
    });
  }
  const isFailing = (lastLevel(evidence.series("pg-archiver", "isFailing")) ?? 0) > 0;
  if (isFailing && (lastLevel(ready) ?? 0) > 0) {
    const why = "nothing is archived";
    candidates.push({ perS: walPerS, why, from: "pg-archiver, pg-wal", isSure: true });
  }
  for (const { slot, grownBytes, isGrowing, isLost } of heldBySlots(evidence) ?? []) {
    if (isLost || !isGrowing) continue;
    const perS = Math.min(walPerS, grownBytes / ((evidence.endMs - evidence.startMs) / 1000));
    candidates.push({ perS, why: `slot ${slot} keeps WAL`, from: "pg-slots", isSure: true });
  }
  const tooSmall = roomForMaxWalSize(evidence);
  if (tooSmall !== null) {
    const why = `checkpoints let ${formatBytes(tooSmall)} more come up than there is room for`;
    candidates.push({ perS: walPerS, why, from: "pg-wal-directory", isSure: false });
  }
  return candidates.reduce((most, one) => (one.perS > most.perS ? one : most));
}

/**
 * By how much the volume is too small for all the WAL that checkpoints let come up; `null` if it is not.
 * Under a light load the clock sets them off before `max_wal_size` is reached: what came up in the cycle
 * before the last is then taken away.
 */
function roomForMaxWalSize(evidence: Evidence): number | null {
  const limitBytes = evidence.settingBytes("max_wal_size");
  const timeoutMs = evidence.settingMs("checkpoint_timeout");
  const walPerS = walBytesPerS(evidence);
  const untilClock =
    timeoutMs === null || walPerS === null
      ? Infinity
      : WAL_VOLUME.cyclesKept * walPerS * (timeoutMs / 1000);
  const maxBytes = limitBytes === null ? null : Math.min(limitBytes, untilClock);
  const size = lastLevel(evidence.series("pg-wal-directory", "sizeBytes"));
  const available = availableWalBytes(evidence);
  if (maxBytes === null || size === null || available === null) return null;
  const lacking = maxBytes - size - available;
  return lacking > 0 ? lacking : null;
}
