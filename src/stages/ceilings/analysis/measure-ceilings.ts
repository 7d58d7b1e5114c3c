import { formatBytes, formatDurationMs } from "../../../lib/units.ts";
import type { RunEvent } from "../../../record/events.ts";
import type { PlannedCeiling } from "../../../record/planned-trial.ts";
import type { RunRecord } from "../../../record/run-record.ts";
import { segmentBytesOf } from "../../../analysis/archiving.ts";
import { evidenceOf } from "../../../analysis/evidence-of-window.ts";
import type { TrialAnalysis } from "../../../analysis/model.ts";
import type { Ceiling } from "../model.ts";
import { primaryOf, progressOf, rateOf, type Sample } from "./wal-progress.ts";
import { CEILING } from "../../../analysis/thresholds.ts";

type CeilingEvent = Extract<RunEvent, { kind: "ceiling" }>;

/** Of the server's WAL, by its settings or its files. */
export function segmentBytesIn(record: RunRecord): number {
  return segmentBytesOf(evidenceOf(record, { startMs: 0, endMs: Infinity }, null));
}

/** Every station that one trial timed: the archive, or each standby. Pure. */
export function ceilingsOfTrial(
  record: RunRecord,
  trial: TrialAnalysis,
  segmentBytes: number,
): Ceiling[] {
  const { planned } = trial;
  const { ceiling } = planned;
  if (ceiling === undefined || !isStation(ceiling.of)) return [];
  const events = record.events.filter(
    (event): event is CeilingEvent => event.kind === "ceiling" && event.trial === planned.id,
  );
  // A resumed run may have done it twice: the last counts.
  const released = new Map(
    events.filter(({ phase }) => phase === "released").map((event) => [event.on, event]),
  );
  return [...released.values()].map((release) => {
    const end = events.findLast(
      ({ on, phase }) => on === release.on && (phase === "drained" || phase === "given-up"),
    );
    const about = { record, trial, release, end: end ?? null, segmentBytes };
    const of = ceiling.of as Ceiling["of"];
    const timed = of === "archive" ? timeArchive(about) : timeStandby(about, of);
    const perTransaction = ceiling.by === "workload" ? walPerTransaction(record, trial) : null;
    return {
      of,
      on: release.on,
      by: ceiling.by,
      trial: planned.id,
      segmentsPerS:
        of === "archive" && timed.bytesPerS !== null ? timed.bytesPerS / segmentBytes : null,
      tps:
        timed.bytesPerS === null || perTransaction === null
          ? null
          : timed.bytesPerS / perTransaction,
      under: underOf(record, planned.id, release.on, ceiling),
      ...timed,
    };
  });
}

function isStation(of: PlannedCeiling["of"]): of is Ceiling["of"] {
  return of === "archive" || of === "network" || of === "replay";
}

/** WAL that the load of this trial wrote per acknowledged transaction; `null` where not known. */
export function walPerTransaction(record: RunRecord, trial: TrialAnalysis): number | null {
  const on = primaryOf(record);
  const { window, throughputTps, outcome, planned } = trial;
  if (on === null || window === null || throughputTps === null || throughputTps <= 0) return null;
  const span = { fromMs: window.startMs, toMs: window.endMs };
  const piled = record.events.findLast(
    (event) => event.kind === "ceiling" && event.trial === planned.id && event.phase === "piled",
  );
  if (piled !== undefined && outcome !== null && outcome.transactions > 0) {
    // All that was written, by all that wrote it: the window of a pile is too short for rates.
    const all = progressOf(record, on, "flushedLsnBytes", { ...span, toMs: piled.atMs });
    const bytes = (all.at(-1)?.value ?? 0) - (all[0]?.value ?? 0);
    return bytes > 0 ? bytes / outcome.transactions : null;
  }
  const rate = rateOf(progressOf(record, on, "flushedLsnBytes", span));
  return rate === null ? null : rate / throughputTps;
}

interface Timed {
  readonly bytesPerS: number | null;
  readonly isLowerBound: boolean;
  readonly bytes: number;
  readonly tookMs: number;
  readonly because: string;
}

interface TimedScene {
  readonly record: RunRecord;
  readonly trial: TrialAnalysis;
  readonly release: CeilingEvent;
  readonly end: CeilingEvent | null;
  readonly segmentBytes: number;
}

const unknown = (because: string): Timed => ({
  bytesPerS: null,
  isLowerBound: false,
  bytes: 0,
  tookMs: 0,
  because,
});

/**
 * Segments by the instants at which they were done, from when the archive was let go. Of an archive
 * that takes several at a time only whole rounds count: in the last one not all streams have work.
 */
function timeArchive({ record, trial, release, end, segmentBytes }: TimedScene): Timed {
  const on = primaryOf(record);
  if (on === null) return unknown("The primary was not read.");
  if (end === null) return unknown("The run ended before the archive had caught up.");
  const span = { fromMs: release.atMs - 1000, toMs: end.atMs + 200 };
  const counts = progressOf(record, on, "archived", span);
  const ages = new Map(
    progressOf(record, on, "lastArchivedAgeMs", span).map(({ atMs, value }) => [atMs, value]),
  );
  const before = counts.findLast(({ atMs }) => atMs <= release.atMs)?.value ?? counts[0]?.value;
  if (before === undefined) return unknown("pg_stat_archiver was not read.");
  const done = (counts.at(-1)?.value ?? before) - before;
  if (done < CEILING.segmentsMin) {
    const kept = keptUp(record, on, { release, trial, segmentBytes });
    if (kept !== null) return kept;
    return unknown(
      `Only ${done} ${done === 1 ? "segment was" : "segments were"} archived in ${formatDurationMs(end.atMs - release.atMs)}.`,
    );
  }
  const whole = Math.max(1, Math.floor(done / release.streams)) * release.streams;
  const counted = Math.min(done, whole);
  const reached = counts.find(({ value }) => value - before >= counted)!;
  const atMs = reached.atMs - (ages.get(reached.atMs) ?? 0);
  const segments = reached.value - before;
  const tookMs = Math.max(1, atMs - release.atMs);
  const bytes = segments * segmentBytes;
  return {
    bytesPerS: (bytes * 1000) / tookMs,
    isLowerBound: false,
    bytes,
    tookMs,
    because: `${segments} segments in ${formatDurationMs(tookMs)}${end.phase === "given-up" ? ", and not all of them by then" : ""}.`,
  };
}

/** Nothing waited although nothing was kept back: it can do at least what came. */
function keptUp(
  record: RunRecord,
  on: string,
  { release, trial, segmentBytes }: Pick<TimedScene, "release" | "trial" | "segmentBytes">,
): Timed | null {
  const { window } = trial;
  const target = release.targetLsnBytes;
  if (window === null || target === null) return null;
  const span = { fromMs: window.startMs, toMs: release.atMs };
  const archived = progressOf(record, on, "archivedLsnBytes", span);
  const [first, last] = [archived[0], archived.at(-1)];
  if (first === undefined || last === undefined || last.value < target) return null;
  const bytes = last.value - first.value;
  if (bytes < CEILING.segmentsMin * segmentBytes) return null;
  const came = rateOf(progressOf(record, on, "flushedLsnBytes", { ...span, toMs: window.endMs }));
  if (came === null) return null;
  const because = "It kept up: nothing waited when the load ended.";
  return {
    bytesPerS: came,
    isLowerBound: true,
    bytes,
    tookMs: release.atMs - window.startMs,
    because,
  };
}

/** From the first reading after it was let go until it was near its target. */
function timeStandby({ record, release, end }: TimedScene, of: Ceiling["of"]): Timed {
  if (end === null) return unknown(`The run ended before ${release.on} had caught up.`);
  const name = of === "replay" ? "replayedLsnBytes" : "flushedLsnBytes";
  const span = { fromMs: release.atMs - 1000, toMs: end.atMs + 200 };
  const samples = progressOf(record, release.on, name, span);
  const from = samples.findLast(({ atMs }) => atMs <= release.atMs) ?? samples[0];
  const target = release.targetLsnBytes;
  if (from === undefined || target === null) return unknown(`${release.on} was not read.`);
  const near = target - CEILING.nearShare * (target - from.value);
  const moving = untilNear(
    samples.filter(({ atMs }) => atMs > release.atMs),
    near,
  );
  const first = { atMs: release.atMs, value: from.value };
  const last = moving.at(-1);
  if (last === undefined || last.value <= first.value) {
    return unknown(`Nothing reached ${release.on} after it was let go.`);
  }
  const tookMs = last.atMs - first.atMs;
  const bytes = last.value - first.value;
  const isLowerBound = moving.length < CEILING.samplesMin;
  return {
    bytesPerS: (bytes * 1000) / tookMs,
    isLowerBound,
    bytes,
    tookMs,
    because: `${formatBytes(bytes)} in ${formatDurationMs(tookMs)}${isLowerBound ? ", too quick to be timed well" : ""}.`,
  };
}

function untilNear(samples: readonly Sample[], near: number): readonly Sample[] {
  const end = samples.findIndex(({ value }) => value >= near);
  return end === -1 ? samples : samples.slice(0, end + 1);
}

/** A fault that held throughout counts where it was about this station. */
function underOf(
  { events }: RunRecord,
  trial: string,
  on: string,
  { under }: PlannedCeiling,
): string | null {
  if (under === null) return null;
  const isAbout = events.some(
    (event) =>
      event.kind === "fault" &&
      event.trial === trial &&
      event.fault === under.fault &&
      event.phase === "applied" &&
      (event.on === on || on === "archive"),
  );
  return isAbout ? under.fault : null;
}
