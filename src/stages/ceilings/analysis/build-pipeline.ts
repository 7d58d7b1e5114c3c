import { formatBytes, formatDurationMs, formatNumber } from "../../../lib/units.ts";
import type { RunRecord } from "../../../record/run-record.ts";
import { walRoomBytes } from "../../../analysis/archiving.ts";
import type { Evidence } from "../../../analysis/evidence.ts";
import { evidenceOf } from "../../../analysis/evidence-of-window.ts";
import type { TrialAnalysis } from "../../../analysis/model.ts";
import { heldBySlots } from "../../../analysis/slots.ts";
import type { Ceiling, GeneratorCeiling, OperatingPoint, PipelineRow } from "../model.ts";
import { CEILING } from "../../../analysis/thresholds.ts";

interface PipelineScene {
  readonly record: RunRecord;
  readonly operating: OperatingPoint | null;
  readonly generator: GeneratorCeiling | null;
  readonly ceilings: readonly Ceiling[];
  /** WAL that the primary wrote at full speed; `null` where that was not seen. */
  readonly flushBytesPerS: number | null;
  readonly load: TrialAnalysis | null;
  readonly archives: boolean;
}

/**
 * The way that WAL takes, station by station: what comes at the operating point, what each can do, and
 * what overflows when it cannot.
 */
export function buildPipeline(scene: PipelineScene): PipelineRow[] {
  const { operating, generator, ceilings, flushBytesPerS, load, record } = scene;
  const window = load?.window ?? null;
  const evidence = window === null ? null : evidenceOf(record, window, load);
  const rows: PipelineRow[] = [];
  if (generator !== null) rows.push(generatorRow(operating, generator));
  rows.push(
    row(operating, {
      station: "generate and flush",
      ceilingBytesPerS: flushBytesPerS,
      isLowerBound: true,
      overflow: () => "Commits wait for one another.",
    }),
  );
  for (const one of ceilings.filter(({ of }) => of === "network")) {
    rows.push(
      row(operating, {
        station: `stream to ${one.on}`,
        ...limitsOf(one),
        overflow: (growsPerS) => overflowOfSlot(evidence, one.on, growsPerS),
      }),
    );
  }
  for (const one of decidingReplays(ceilings)) {
    rows.push(
      row(operating, {
        station: `replay on ${one.on}${one.under === null ? "" : ` (${one.under})`}`,
        ...limitsOf(one),
        overflow: (growsPerS) => overflowOfReplay(operating, growsPerS),
      }),
    );
  }
  if (scene.archives) rows.push(archiveRow(operating, ceilings, evidence));
  return rows;
}

function generatorRow(
  operating: OperatingPoint | null,
  { tps, emptyTps }: GeneratorCeiling,
): PipelineRow {
  const ceilingTps = tps ?? emptyTps;
  const rate = operating?.tps ?? null;
  const headroomShare = rate === null || ceilingTps === null ? null : 1 - rate / ceilingTps;
  return {
    station: "load generator",
    bytesPerS: null,
    ceilingBytesPerS: null,
    // What idling costs it is in the CPU of a transaction, too: at full speed it is less.
    isLowerBound: true,
    tps: rate,
    ceilingTps,
    headroomShare,
    overflow:
      headroomShare !== null && headroomShare <= 0
        ? "It cannot offer more: what is measured is the generator."
        : "nothing: it offers less than it can",
  };
}

/** The lesser of those that rest on enough segments, to be on the safe side; else the better timed. */
function archiveRow(
  operating: OperatingPoint | null,
  ceilings: readonly Ceiling[],
  evidence: Evidence | null,
): PipelineRow {
  const known = ceilings.filter(({ of, bytesPerS }) => of === "archive" && bytesPerS !== null);
  const sure = known.filter(
    ({ bytesPerS, segmentsPerS, bytes }) =>
      (bytes * segmentsPerS!) / bytesPerS! >= CEILING.sureSegments,
  );
  const least =
    sure.toSorted((a, b) => a.bytesPerS! - b.bytesPerS!)[0] ??
    known.toSorted((a, b) => b.bytes - a.bytes)[0];
  return row(operating, {
    station: `archive${least === undefined || least.under === null ? "" : ` (${least.under})`}`,
    ceilingBytesPerS: least?.bytesPerS ?? null,
    // Bytes are counted as they come up: an archive that compresses is asked in them, too.
    ceilingTps: null,
    isLowerBound: least?.isLowerBound ?? false,
    overflow: (growsPerS) => overflowOfVolume(evidence, growsPerS),
  });
}

/** Of each standby that of the real load, else that of exact WAL. */
function decidingReplays(ceilings: readonly Ceiling[]): Ceiling[] {
  const replays = ceilings.filter(({ of }) => of === "replay");
  return [...new Set(replays.map(({ on }) => on))].flatMap((on) => {
    const own = replays.filter((one) => one.on === on);
    return own.find(({ by, bytesPerS }) => by === "workload" && bytesPerS !== null) ?? own[0] ?? [];
  });
}

function limitsOf({ bytesPerS, tps, isLowerBound }: Ceiling) {
  return { ceilingBytesPerS: bytesPerS, ceilingTps: tps, isLowerBound };
}

function row(
  operating: OperatingPoint | null,
  station: {
    readonly station: string;
    readonly ceilingBytesPerS: number | null;
    /** In transactions, where its own load tells; else by the operating point's WAL per transaction. */
    readonly ceilingTps?: number | null;
    readonly isLowerBound: boolean;
    readonly overflow: (growsPerS: number) => string;
  },
): PipelineRow {
  const { station: name, ceilingBytesPerS, isLowerBound, overflow } = station;
  const bytesPerS = operating?.walBytesPerS ?? null;
  const tps = operating?.tps ?? null;
  const each = operating?.walBytesPerTransaction ?? null;
  const ceilingTps =
    station.ceilingTps ??
    (ceilingBytesPerS === null || each === null || each <= 0 ? null : ceilingBytesPerS / each);
  const headroomShare =
    tps === null || ceilingTps === null || ceilingTps <= 0 ? null : 1 - tps / ceilingTps;
  const told =
    headroomShare === null || bytesPerS === null
      ? "not known"
      : headroomShare > 0
        ? "nothing at this rate"
        : isLowerBound
          ? "not known: it can do at least this"
          : // In bytes of the operating point, also where the ceiling is its own load's transactions.
            overflow(bytesPerS * (1 - ceilingTps! / tps!));
  return {
    station: name,
    bytesPerS,
    ceilingBytesPerS,
    isLowerBound,
    tps,
    ceilingTps,
    headroomShare,
    overflow: told,
  };
}

function overflowOfVolume(evidence: Evidence | null, growsPerS: number): string {
  const room = evidence === null ? null : walRoomBytes(evidence);
  const grows = `The backlog grows by ${formatBytes(growsPerS)}/s`;
  if (room === null) return `${grows}; how much room the WAL has is not known.`;
  return `${grows}: the volume of the WAL is full after ${formatDurationMs((room * 1000) / growsPerS)}.`;
}

function overflowOfSlot(evidence: Evidence | null, standby: string, growsPerS: number): string {
  const slot = (evidence === null ? null : heldBySlots(evidence))?.find(
    (one) => one.slot === standby,
  );
  if (slot?.safeBytes == null) return overflowOfVolume(evidence, growsPerS);
  const ms = (Math.max(0, slot.safeBytes) * 1000) / growsPerS;
  return `What is not sent grows by ${formatBytes(growsPerS)}/s: the slot is lost after ${formatDurationMs(ms)}.`;
}

function overflowOfReplay(operating: OperatingPoint | null, growsPerS: number): string {
  const rate = operating?.walBytesPerS ?? 0;
  const lagShare = rate <= 0 ? 0 : growsPerS / rate;
  const after = lagShare <= 0 ? null : CEILING.lagMs / lagShare;
  return (
    `Each second of load adds ${formatNumber(lagShare)} s of lag` +
    (after === null
      ? "."
      : `: reads there are a minute old after ${formatDurationMs(after)}, and a failover takes as much longer.`)
  );
}
