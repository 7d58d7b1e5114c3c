import { formatBytes, formatNumber } from "../../../lib/units.ts";
import type { RecoverySizes } from "../../../record/format.ts";
import type { RecoveryKind } from "../../../record/planned-trial.ts";
import { estimateMean } from "../../../analysis/estimates.ts";
import type { Estimate } from "../../../analysis/model.ts";
import { predictAt, type LinearFit } from "../../../analysis/statistics/linear-fit.ts";
import type {
  CopyRate,
  RecoveryKindAnalysis,
  RecoveryLine,
  RecoveryPoint,
  RecoveryPrediction,
} from "../model.ts";
import { RECOVERY } from "../../../analysis/thresholds.ts";

interface Foretelling {
  readonly kind: RecoveryKind;
  readonly line: RecoveryLine;
  readonly copy: CopyRate | null;
  readonly predict: RecoverySizes;
}

/** The line at the user's size, with how far it is to be trusted; nothing where no line is there. */
export function foretell({
  kind,
  line: { fit, spoiled },
  copy,
  predict,
}: Foretelling): Pick<RecoveryKindAnalysis, "prediction" | "because"> {
  const what = kind === "rebuild" ? "data" : "WAL";
  if (fit === null) {
    const because = `Nothing is foretold: three sizes or more are needed for a line.`;
    return { prediction: null, because };
  }
  if (fit.slopeInterval.low <= 0) {
    const because = `Nothing is foretold: that recovery takes longer the more ${what} there is could not be shown with these ${fit.n} points (95 % interval of the slope reaches 0). Take larger sizes further apart, or more \`repetitions\`.`;
    return { prediction: null, because };
  }
  if (kind === "pitr" && copy === null) {
    return { prediction: null, because: "Nothing is foretold: no backup's copy was timed." };
  }
  const { walBytes, databaseBytes } = predict;
  const bytes = kind === "rebuild" ? databaseBytes : walBytes;
  const own = clampedAt(fit, bytes);
  const totalMs = copy === null ? own : addCopy(own, copy, databaseBytes);
  const timesBeyond = Math.max(bytes / fit.xMax, copy === null ? 0 : databaseBytes / copy.bytesMax);
  const trust = trustIn(totalMs, timesBeyond);
  return {
    prediction: {
      walBytes: kind === "rebuild" ? null : walBytes,
      databaseBytes: kind === "crash" ? null : databaseBytes,
      totalMs,
      timesBeyond,
      trust,
    },
    because: [
      ...(spoiled ? ["The trials that it rests on cannot be believed: no figure to rely on."] : []),
      tellTrust(trust, { timesBeyond, fit, what, copy }),
    ].join(" "),
  };
}

/** Of backups whose size hardly differs: a rate, through the origin. `null` where none was copied. */
export function copyRateOf(points: readonly RecoveryPoint[]): CopyRate | null {
  const copies = points.flatMap(({ backupBytes, parts }) => {
    const ms = parts.find(({ name }) => name === "copy")?.ms ?? 0;
    return backupBytes === null || ms <= 0 ? [] : [{ backupBytes, ms }];
  });
  const bytesPerMs = estimateMean(copies.map(({ backupBytes, ms }) => backupBytes / ms));
  if (bytesPerMs === null) return null;
  return { bytesPerMs, bytesMax: Math.max(...copies.map(({ backupBytes }) => backupBytes)) };
}

/** Nothing takes less than no time. */
function clampedAt(fit: LinearFit, bytes: number): Estimate {
  const { value, low, high } = predictAt(fit, bytes);
  return {
    value: Math.max(0, value),
    low: Math.max(0, low),
    high,
    n: fit.n,
    method: `95 % prediction interval of a line through ${fit.n} points`,
  };
}

/** The ends of both intervals added: wider than need be, never narrower. */
function addCopy(replay: Estimate, { bytesPerMs }: CopyRate, databaseBytes: number): Estimate {
  const at = (rate: number | null) => (rate === null || rate <= 0 ? null : databaseBytes / rate);
  const [fast, slow] = [at(bytesPerMs.high), at(bytesPerMs.low)];
  return {
    value: replay.value + databaseBytes / bytesPerMs.value,
    low: replay.low === null || fast === null ? null : replay.low + fast,
    high: replay.high === null || slow === null ? null : replay.high + slow,
    n: replay.n,
    method: `${replay.method}, and ${bytesPerMs.n} copies at their rate`,
  };
}

function trustIn({ value, low, high }: Estimate, timesBeyond: number): RecoveryPrediction["trust"] {
  if (low === null || high === null) return "wide";
  if (Math.max(value - low, high - value) > RECOVERY.wideShare * value) return "wide";
  if (timesBeyond > RECOVERY.farTimes) return "far";
  return timesBeyond > 1 ? "extrapolated" : "measured";
}

function tellTrust(
  trust: RecoveryPrediction["trust"],
  about: {
    readonly timesBeyond: number;
    readonly fit: LinearFit;
    readonly what: string;
    readonly copy: CopyRate | null;
  },
): string {
  const { timesBeyond, fit, what, copy } = about;
  const measuredTo = [
    `${formatBytes(fit.xMax)} of ${what}`,
    ...(copy === null ? [] : [`backups of ${formatBytes(copy.bytesMax)}`]),
  ].join(" and ");
  const beyond =
    timesBeyond <= 1
      ? `Within what was measured (to ${measuredTo}).`
      : `Extrapolated: ${formatNumber(timesBeyond)} times beyond the largest that was measured (${measuredTo}); that the law stays a line so far was not shown.`;
  switch (trust) {
    case "measured":
    case "extrapolated":
      return beyond;
    case "far":
      return `${beyond} So far out caches no longer hold what is read: measure larger sizes before you promise it.`;
    case "wide":
      return `${beyond} The interval is too wide to plan with: larger sizes further apart and more \`repetitions\` narrow it.`;
  }
}
