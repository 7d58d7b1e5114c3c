import type { Evidence } from "../../analysis/evidence.ts";
import {
  type Fall,
  type Level,
  storageLevel,
  type StorageLevel,
} from "../../analysis/storage-level.ts";
import { STORAGE_LEVEL } from "../../analysis/thresholds.ts";
import { formatBytes, formatDurationMs, formatNumber } from "../../lib/units.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { byHand } from "../predict.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

export const storageLevelDropped = defineRule({
  id: "storage-level-dropped",
  asks: "Did storage become slower at one moment, and stay so, while the load stayed?",
  needs: ["pg-waits", "pg-database"],
  sources: [
    "https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html#gp2-performance",
    "https://learn.microsoft.com/azure/virtual-machines/disk-bursting",
  ],
  explainedBy: [],

  judge(evidence) {
    const level = storageLevel(evidence);
    if (level === null) return unknown("pg-waits or pg-database has too few samples.");
    const { fall } = level;
    if (fall === null) {
      if (level.isUnknown && level.waiting < STORAGE_LEVEL.waitingMin) {
        return pass(`${formatNumber(level.waiting)} sessions at a time wait for storage.`);
      }
      return level.isUnknown ? unknown(level.because) : pass(level.because);
    }
    const items = itemsOf(evidence, level, fall);
    const because = `After ${formatDurationMs(fall.atMs - evidence.startMs)} ${tellFall(fall)} and stayed there`;
    const isStorage =
      level.storageShareAfter >= STORAGE_LEVEL.storageShareMin &&
      (level.latencyRatio ?? 0) >= STORAGE_LEVEL.latencyRatioMin &&
      (level.commitsRatio ?? 1) <= STORAGE_LEVEL.commitsRatioMax;
    if (!isStorage) {
      return pass(`${because}, but not for storage: ${percent(level.storageShareAfter)}.`, items);
    }
    return fail({
      because: `${because}, with ${percent(level.storageShareAfter)} of the active time in storage.`,
      evidence: items,
      // A limit makes a flat level, and waits grow with it.
      confidence: fall.isFlat ? "confirmed" : "suspected",
      advice:
        "Probably burst credits ran out, or a limit was set: look at the provider's metric " +
        "(BurstBalance, EBSIOBalance%). Plan with the lower level; more IOPS or a larger volume raises " +
        "it. After some idle minutes the higher one comes back for a while.",
      refutedBy: "The level does not come back after ten idle minutes, nor at any other time.",
      experiment: byHand("ten idle minutes before"),
      weight: 0.9,
    });
  },
});

/** What fell: commits where they were counted, and flushes beside them; WAL is the last resort. */
function tellFall({ before, after }: Fall): string {
  const from = (was: number | null, is: number | null, what: string) =>
    was === null || is === null
      ? []
      : [`${what} fell from ${formatNumber(was)} to ${formatNumber(is)} per second`];
  const told = [
    ...from(before.commitsPerS, after.commitsPerS, "commits"),
    ...from(before.walSyncsPerS, after.walSyncsPerS, "flushes of the WAL"),
  ];
  return told.length > 0
    ? told.join(", ")
    : `WAL fell from ${formatBytes(before.walBytesPerS ?? 0)}/s to ${formatBytes(after.walBytesPerS ?? 0)}/s`;
}

function itemsOf(evidence: Evidence, level: StorageLevel, fall: Fall): EvidenceItem[] {
  const { before, after } = fall;
  const both = (what: string, of: Exclude<keyof Level, "within">, unit: string, from: string) =>
    [
      { when: "before", ...before },
      { when: "after", ...after },
    ].map(({ when, within, ...rates }): EvidenceItem => ({
      name: `${what} ${when}`,
      value: rates[of],
      unit,
      how: "mean",
      within,
      from,
    }));
  return [
    ...both("commits", "commitsPerS", "per s", "pg-database/allCommits"),
    ...both("flushes of the WAL", "walSyncsPerS", "per s", "pg-wal/walSyncs"),
    ...both("WAL", "walBytesPerS", "bytes/s", "pg-wal/lsnBytes"),
    {
      name: "it happened after",
      value: fall.atMs - evidence.startMs,
      unit: "ms",
      how: "change",
      from: "pg-wal/lsnBytes or pg-database/allCommits",
    },
    {
      name: "active time in storage after it",
      value: level.storageShareAfter,
      unit: "ratio",
      how: "mean",
      within: after.within,
      from: "pg-waits/sessions",
      threshold: STORAGE_LEVEL.storageShareMin,
    },
    {
      name: "commits per second, after over before",
      value: level.commitsRatio,
      unit: "ratio",
      how: "mean",
      from: "pg-database/allCommits",
      threshold: STORAGE_LEVEL.commitsRatioMax,
    },
    {
      name: "sessions in storage per commit, after over before",
      value: level.latencyRatio,
      unit: "ratio",
      how: "mean",
      from: "pg-waits/sessions, pg-database/allCommits",
      threshold: STORAGE_LEVEL.latencyRatioMin,
    },
  ];
}
