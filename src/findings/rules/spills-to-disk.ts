import { activeSessions, shareIn } from "../../analysis/aas.ts";
import { increase, ratePerS } from "../../analysis/counters.ts";
import type { Evidence } from "../../analysis/evidence.ts";
import { SPILLS } from "../../analysis/thresholds.ts";
import { formatBytes, formatNumber } from "../../lib/units.ts";
import { fail, pass, unknown } from "../answers.ts";
import { FASTER, setting } from "../predict.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

export const spillsToDisk = defineRule({
  id: "spills-to-disk",
  asks: "Do sorts and hashes go to temporary files although little more memory would hold them?",
  needs: ["pg-database", "pg-waits"],
  sources: [
    "https://www.postgresql.org/docs/current/runtime-config-resource.html#GUC-WORK-MEM",
    "https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-DATABASE-VIEW",
  ],
  explainedBy: [],

  judge(evidence) {
    const spills = spillsOf(evidence);
    const active = activeSessions(evidence);
    if (spills === null || active === null) {
      return unknown("pg-database or pg-waits has too few samples.");
    }
    const waitShare = shareIn(active, "IO:BufFileRead", "IO:BufFileWrite");
    const { files, filesPerS, bytesPerS, bytesPerFile, perTransaction } = spills;
    const workMemBytes = evidence.settingBytes("work_mem");
    const items = itemsOf(spills, { workMemBytes, waitShare, active: active.total });
    if (files === 0) return pass("Nothing was written to temporary files.", items);
    const because =
      `${formatNumber(filesPerS)} temporary files per second, ${formatBytes(bytesPerFile)} each on average, ` +
      `${formatBytes(bytesPerS)}/s in all`;
    const isMuch =
      files >= SPILLS.filesMin &&
      filesPerS >= SPILLS.filesPerSMin &&
      bytesPerS >= SPILLS.bytesPerSMin;
    if (!isMuch || active.total < SPILLS.activeMin) return pass(`${because}.`, items);
    if (bytesPerFile > SPILLS.fileBytesMax) {
      return pass(`${because}: too large for memory.`, items);
    }
    const bytes = enoughFor(bytesPerFile, workMemBytes ?? 0);
    const isUsual = (perTransaction ?? 0) >= SPILLS.perTransactionSure;
    const now = workMemBytes === null ? "" : `, with \`work_mem\` of ${formatBytes(workMemBytes)}`;
    return fail({
      because: `Sorts or hashes spill${now}: ${because}.`,
      evidence: items,
      // What they write, and that most transactions do so or that they are seen to wait for it.
      confidence: isUsual || waitShare >= SPILLS.waitShareSure ? "confirmed" : "suspected",
      advice:
        `Try \`work_mem = ${settingText(bytes)}\` for the role or the statement that spills ` +
        "(`log_temp_files = 0` and `explain (analyze)` show it): each sort or hash of each session may take " +
        "as much, so mind the sum. An index in the wanted order may spare the sort.",
      refutedBy:
        "With more `work_mem` no temporary files are written, and throughput stays as it was.",
      experiment: setting("work_mem", settingText(bytes), FASTER),
      weight: Math.max(waitShare, SPILLS.weightMin * Math.min(1, perTransaction ?? 0)),
    });
  },
});

interface Spills {
  readonly files: number;
  readonly filesPerS: number;
  readonly bytesPerS: number;
  readonly bytesPerFile: number;
  /** Files per committed transaction of this database; `null` without any. */
  readonly perTransaction: number | null;
}

/** `null` where temporary files were not counted. */
function spillsOf(evidence: Evidence): Spills | null {
  const series = (name: string) => evidence.series("pg-database", name);
  const files = increase(series("tempFiles"));
  const bytes = increase(series("tempBytes"));
  if (files === null || bytes === null) return null;
  const commits = increase(series("commits"));
  return {
    files,
    filesPerS: ratePerS(series("tempFiles")) ?? 0,
    bytesPerS: ratePerS(series("tempBytes")) ?? 0,
    bytesPerFile: files === 0 ? 0 : bytes / files,
    perTransaction: commits === null || commits === 0 ? null : files / commits,
  };
}

/** What is sorted takes more room in memory than in a file; the next power of two. */
function enoughFor(bytesPerFile: number, workMemBytes: number): number {
  const wanted = Math.max(
    SPILLS.memoryPerFile * bytesPerFile,
    2 * workMemBytes,
    SPILLS.workMemUsual,
  );
  return 2 ** Math.ceil(Math.log2(wanted));
}

/** `4MB`, as a setting is written. */
function settingText(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)}MB`;
}

function itemsOf(
  { files, filesPerS, bytesPerS, bytesPerFile, perTransaction }: Spills,
  about: {
    readonly workMemBytes: number | null;
    readonly waitShare: number;
    readonly active: number;
  },
): EvidenceItem[] {
  const from = "pg-database/tempFiles, tempBytes";
  return [
    {
      name: "written to temporary files",
      value: bytesPerS,
      unit: "bytes/s",
      how: "mean",
      from,
      threshold: SPILLS.bytesPerSMin,
    },
    {
      name: "temporary files",
      value: filesPerS,
      unit: "per s",
      how: "mean",
      from,
      threshold: SPILLS.filesPerSMin,
    },
    { name: "all temporary files", value: files, unit: "count", how: "total", from },
    {
      name: "size of a temporary file",
      value: bytesPerFile,
      unit: "bytes",
      how: "mean",
      from,
      threshold: SPILLS.fileBytesMax,
    },
    {
      name: "temporary files per transaction",
      value: perTransaction,
      unit: "",
      how: "mean",
      from: "pg-database/tempFiles, commits",
      threshold: SPILLS.perTransactionSure,
    },
    {
      name: "active time in reading and writing them",
      value: about.waitShare,
      unit: "ratio",
      how: "mean",
      from: "pg-waits/sessions",
      threshold: SPILLS.waitShareSure,
    },
    {
      name: "active sessions",
      value: about.active,
      unit: "count",
      how: "mean",
      from: "pg-waits/sessions",
      threshold: SPILLS.activeMin,
    },
    {
      name: "work_mem",
      value: about.workMemBytes,
      unit: "bytes",
      how: "fact",
      from: "pg_settings",
    },
  ];
}
