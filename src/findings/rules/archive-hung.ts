import { archivingOf } from "../../analysis/archiving.ts";
import { ARCHIVE } from "../../analysis/thresholds.ts";
import { formatDurationMs, formatNumber } from "../../lib/units.ts";
import { exposureItems } from "../archive-items.ts";
import { fail, pass, unknown } from "../answers.ts";
import { byHand } from "../predict.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

export const archiveHung = defineRule({
  id: "archive-hung",
  asks: "Does one command of the archiver go on without an end?",
  needs: ["pg-archiver"],
  sources: [
    "https://www.postgresql.org/docs/current/continuous-archiving.html",
    "https://www.postgresql.org/docs/current/monitoring-stats.html#WAIT-EVENT-IPC-TABLE",
  ],
  explainedBy: [],

  judge(evidence) {
    const archiving = archivingOf(evidence);
    if (archiving === null) {
      return evidence.settingText("archive_mode") === "off"
        ? pass("Nothing is archived: `archive_mode` is off.")
        : unknown("pg-archiver has fewer than two samples.");
    }
    const { ready, archived, failed, isFailing, busyShare, stalledMs } = archiving;
    if (ready === null) return unknown("The segments that wait may not be counted.");
    const items: EvidenceItem[] = [
      {
        name: "segments that wait",
        value: ready.last,
        unit: "count",
        how: "last",
        from: "pg-archiver/ready",
      },
      {
        name: "segments archived",
        value: archived,
        unit: "count",
        how: "total",
        from: "pg-archiver/archived",
      },
      {
        name: "attempts that failed",
        value: failed,
        unit: "count",
        how: "total",
        from: "pg-archiver/failed",
      },
      {
        name: "time without success",
        value: stalledMs,
        unit: "ms",
        how: "timed",
        isAtLeast: true,
        from: "pg-archiver/lastArchivedAgeMs, pg-archiver/oldestReadyAgeMs",
        threshold: ARCHIVE.hungMs,
      },
      {
        name: "time in which the archiver had work",
        value: busyShare,
        unit: "ratio",
        how: "mean",
        from: "pg-waits/sessions",
        threshold: ARCHIVE.busyShareMin,
      },
      ...exposureItems(archiving),
    ];
    if (archived > 0) return pass(`${formatNumber(archived)} segments were archived.`, items);
    if (failed > 0 || isFailing) return pass("Its attempts end, with a failure.", items);
    if (ready.last === 0) return pass("No segment waits for the archive.", items);
    if (busyShare === null) {
      return unknown("Segments wait; what the archiver does meanwhile was not seen.", items);
    }
    if (busyShare < ARCHIVE.busyShareMin) {
      return unknown("Segments wait, and the archiver is idle most of the time.", items);
    }
    if (stalledMs === null || stalledMs < ARCHIVE.hungMs) {
      return unknown(
        `The present command has run for ${formatDurationMs(stalledMs ?? 0)}: too short to tell.`,
        items,
      );
    }
    return fail({
      because:
        `The archiver has been in one command for ${formatDurationMs(stalledMs)} or more, while ` +
        `${formatNumber(ready.last)} segments wait; nothing was archived and nothing failed.`,
      evidence: items,
      // The archiver is seen in its command, and the segment is seen to wait.
      confidence:
        stalledMs >= ARCHIVE.hungSureMs || ready.last > ready.first ? "confirmed" : "suspected",
      advice:
        "End the command by hand, and give it a time limit of its own (`timeout 300 …`): the server " +
        "has none for it.",
      refutedBy:
        "The command ends by itself and the segment is in the archive: then it is only slow.",
      experiment: byHand("the command ended, and a time limit on the next one"),
      weight: 0.95,
    });
  },
});
