import { archivingOf, type Archiving, msUntilFull } from "../../analysis/archiving.ts";
import type { Evidence } from "../../analysis/evidence.ts";
import { ARCHIVE } from "../../analysis/thresholds.ts";
import { transactionRate } from "../../analysis/transactions.ts";
import { formatBytes, formatDurationMs, formatNumber } from "../../lib/units.ts";
import { exposureItems } from "../archive-items.ts";
import { fail, pass, unknown } from "../answers.ts";
import { byHand } from "../predict.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

export const archiveSlowerThanWal = defineRule({
  id: "archive-slower-than-wal",
  asks: "Does WAL come up faster than it is archived?",
  needs: ["pg-archiver", "pg-wal"],
  sources: [
    "https://www.postgresql.org/docs/current/continuous-archiving.html",
    "https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ARCHIVER-VIEW",
  ],
  explainedBy: [],

  judge(evidence) {
    const archiving = archivingOf(evidence);
    if (archiving === null) {
      return evidence.settingText("archive_mode") === "off"
        ? pass("Nothing is archived: `archive_mode` is off.")
        : unknown("pg-archiver has fewer than two samples.");
    }
    const { ready, archived, failed, filledPerS, archivedPerS, segmentBytes } = archiving;
    if (ready === null) return unknown("The segments that wait may not be counted.");
    const items = itemsOf(evidence, archiving);
    const grown = ready.last - ready.first;
    const waits = `${formatNumber(ready.last)} segments wait for the archive`;
    if (ready.last === 0) return pass("No segment waits for the archive.", items);
    if (failed > 0 || archiving.isFailing) {
      return pass(`${waits}, but since attempts fail: see archive-failing.`, items);
    }
    const isRising = (ready.growth?.low ?? 0) > 0 && grown >= ARCHIVE.gainSegmentsMin;
    const isOutpaced = isOutpacedThroughout(evidence, archiving);
    if (!isRising && !isOutpaced) {
      return pass(`${waits}, ${formatNumber(Math.max(0, grown))} more than at the start.`, items);
    }
    if (archived === 0) {
      return unknown(`${waits}, and none was archived: it is slow, or it hangs.`, items);
    }
    const isBusy = (archiving.busyShare ?? 0) >= ARCHIVE.busyShareMin;
    const wal = `${formatBytes((filledPerS ?? 0) * segmentBytes)}/s`;
    const done = `${ready.least > 0 ? "" : "at least "}${formatBytes(archivedPerS * segmentBytes)}/s`;
    return fail({
      because:
        `WAL is generated at ${wal} and is archived at ${done}: ${waits}, ` +
        `${formatNumber(grown)} more than at the start.${tellFull(evidence, archiving)}`,
      evidence: items,
      confidence: isBusy || agrees(archiving) ? "confirmed" : "suspected",
      advice:
        "Archive several segments at once (pgBackRest's asynchronous archiving, Barman Cloud's " +
        "`maxParallel`), compress them, or put the store nearer; write less WAL (`wal_compression`, " +
        "fewer checkpoints). A larger volume only buys time.",
      refutedBy: "The backlog shrinks by itself under the same load: then it was one burst.",
      experiment: byHand("an archive that takes WAL as fast as it is written"),
      weight: 0.9,
    });
  },
});

/** Every segment waits from first to last, and even one more done would be fewer than are filled. */
function isOutpacedThroughout(evidence: Evidence, archiving: Archiving): boolean {
  const { ready, archived, filledPerS } = archiving;
  if (ready === null || filledPerS === null || ready.least === 0) return false;
  const elapsedS = (evidence.endMs - evidence.startMs) / 1000;
  const isMore = filledPerS * elapsedS > archived + 1;
  return isMore && ready.last - ready.first >= ARCHIVE.outpacedSegmentsMin;
}

/** The growth that was counted is that of the rates: WAL that is filled less WAL that is archived. */
function agrees({ ready, filledPerS, archivedPerS }: Archiving): boolean {
  if (ready?.growth == null || filledPerS === null) return false;
  const predicted = filledPerS - archivedPerS;
  const { slope } = ready.growth;
  return Math.abs(slope - predicted) <= ARCHIVE.agreementShareMax * Math.max(slope, predicted);
}

/** The forecast, where the volume of the WAL is known; nothing where the backlog does not grow. */
function tellFull(evidence: Evidence, archiving: Archiving): string {
  const ms = untilFullMs(evidence, archiving);
  return ms === null
    ? ""
    : ` At that rate the volume of the WAL is full in ${formatDurationMs(ms)}.`;
}

function untilFullMs(evidence: Evidence, { ready, segmentBytes }: Archiving): number | null {
  const growthPerS = ready?.growth?.slope ?? null;
  return growthPerS === null ? null : msUntilFull(evidence, growthPerS * segmentBytes);
}

function itemsOf(evidence: Evidence, archiving: Archiving): EvidenceItem[] {
  const { ready, filledPerS, archivedPerS, segmentBytes, busyShare } = archiving;
  const bytesPerS = (perS: number | null) => (perS === null ? null : perS * segmentBytes);
  // While nothing waits the archiver could do more: then its rate is no measure of what it can do.
  const canPerS = ready !== null && ready.least > 0 && archivedPerS > 0 ? archivedPerS : null;
  const tps = transactionRate(evidence)?.perS ?? null;
  const safe =
    canPerS === null || filledPerS === null || filledPerS === 0 || tps === null
      ? null
      : (1 - ARCHIVE.headroomShare) * (canPerS / filledPerS) * tps;
  return [
    {
      name: "segments that wait",
      value: ready?.last ?? null,
      unit: "count",
      how: "last",
      from: "pg-archiver",
    },
    {
      name: "more than at the start",
      value: ready === null ? null : ready.last - ready.first,
      unit: "count",
      how: "growth",
      from: "pg-archiver/ready",
      threshold: ARCHIVE.gainSegmentsMin,
    },
    ...exposureItems(archiving),
    {
      name: "archived",
      value: bytesPerS(archivedPerS),
      unit: "bytes/s",
      how: "mean",
      from: "pg-archiver/archived",
    },
    {
      name: "time in which the archiver had work",
      value: busyShare,
      unit: "ratio",
      how: "mean",
      from: "pg-waits/sessions",
      threshold: ARCHIVE.busyShareMin,
    },
    {
      name: "time until the volume is full",
      value: untilFullMs(evidence, archiving),
      unit: "ms",
      how: "forecast",
      from: "host-volume/availableBytes",
    },
    {
      name: "transactions that it can keep up with",
      value: safe,
      unit: "tps",
      how: "forecast",
      from: "pg-database",
    },
  ];
}
