import { archivingOf, type Archiving, msUntilFull } from "../../analysis/archiving.ts";
import type { Evidence } from "../../analysis/evidence.ts";
import { ARCHIVE } from "../../analysis/thresholds.ts";
import { formatNumber } from "../../lib/units.ts";
import { exposureItems } from "../archive-items.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { byHand } from "../predict.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

/** Of a command that was tried. */
const COMMAND_THAT_WORKS = "an `archive_command` that succeeds";
const ADVICE =
  "Read the server's log for what `archive_command` said; usual are credentials, a full store, a path " +
  "that is gone. Until the archive works every segment is kept: watch the room for WAL.";

export const archiveFailing = defineRule({
  id: "archive-failing",
  asks: "Do attempts to archive WAL fail?",
  needs: ["pg-archiver"],
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
    const { archived, failed, isFailing, ready } = archiving;
    const items = itemsOf(evidence, archiving);
    const waiting = ready?.last ?? 0;
    const waits = waiting === 0 ? "" : `; ${formatNumber(waiting)} segments wait`;
    if (isUnconfigured(evidence) && waiting > 0) {
      return fail({
        because: `\`archive_mode\` is on and no command or library is set${waits}.`,
        evidence: items,
        confidence: "confirmed",
        advice: "Set `archive_command` or `archive_library`, or switch `archive_mode` off.",
        refutedBy: "Segments are archived although no command is set.",
        experiment: byHand("`archive_command` or `archive_library` set"),
        weight: 0.9,
      });
    }
    const share = failed === 0 ? 0 : failed / (failed + archived);
    const seen = `${formatNumber(failed)} attempts failed and ${formatNumber(archived)} segments were archived`;
    const isBlip = failed > 0 && failed < ARCHIVE.failedMin && archived > 0;
    if (isFailing && !isBlip && (failed > 0 || waiting > 0)) {
      return fail({
        because:
          failed > 0
            ? `${seen}${waits}.`
            : `The last attempt to archive failed, and none has succeeded since${waits}.`,
        evidence: items,
        confidence: waiting > 0 ? "confirmed" : "suspected",
        advice: ADVICE,
        refutedBy: "The next segment is archived without anything being changed.",
        experiment: byHand(COMMAND_THAT_WORKS),
        weight: 0.95,
      });
    }
    if (share >= ARCHIVE.failedShareMin && !isBlip) {
      return fail({
        because: `${seen}: ${percent(share)} fail${waits}.`,
        evidence: items,
        confidence: "suspected",
        advice: ADVICE,
        refutedBy: "No further attempt fails.",
        experiment: byHand(COMMAND_THAT_WORKS),
        weight: 0.7,
      });
    }
    if (failed > 0) return unknown(`${seen}: it goes on working.`, items);
    if (!archiving.hasTried) {
      return unknown("No attempt to archive was seen yet: no segment was full.", items);
    }
    return pass(archived === 0 ? "No attempt to archive failed." : `${seen}.`, items);
  },
});

/** A command is recorded as set or not, never itself. */
function isUnconfigured(evidence: Evidence): boolean {
  const command = evidence.settingText("archive_command");
  const library = evidence.settingText("archive_library") ?? "";
  return (command === "" || command === "(disabled)") && library === "";
}

function itemsOf(evidence: Evidence, archiving: Archiving): EvidenceItem[] {
  const { archived, failed, ready, segmentBytes, filledPerS } = archiving;
  const kept = filledPerS === null ? null : filledPerS * segmentBytes;
  return [
    {
      name: "attempts that failed",
      value: failed,
      unit: "count",
      how: "total",
      from: "pg-archiver/failed",
      threshold: 0,
    },
    {
      name: "segments archived",
      value: archived,
      unit: "count",
      how: "total",
      from: "pg-archiver/archived",
    },
    {
      name: "segments that wait",
      value: ready?.last ?? null,
      unit: "count",
      how: "last",
      from: "pg-archiver/ready",
    },
    ...exposureItems(archiving),
    {
      name: "time until the volume is full",
      value: kept === null ? null : msUntilFull(evidence, kept),
      unit: "ms",
      how: "forecast",
      from: "host-volume/availableBytes, pg-wal/walBytes",
    },
  ];
}
