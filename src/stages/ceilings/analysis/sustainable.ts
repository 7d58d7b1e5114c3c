import { formatNumber } from "../../../lib/units.ts";
import type { StageResults } from "../../../analysis/model.ts";
import { ARCHIVE } from "../../../analysis/thresholds.ts";
import type { OperatingPoint, PipelineRow, Sustainable } from "../model.ts";

interface Limit {
  readonly station: string;
  readonly tps: number;
  readonly isLowerBound: boolean;
  /** Less than its ceiling; 0 for what was itself measured to hold. */
  readonly headroomShare: number;
}

/** The generator is no part of what is measured: a faster one would offer more. */
const NOT_A_LIMIT = "load generator";

/**
 * The smallest of: what each station of the WAL can do less its headroom, the largest rate that kept
 * its latency, and the highest throughput that was measured. `null` where no station is known.
 */
export function sustainableOf(
  pipeline: readonly PipelineRow[],
  operating: OperatingPoint | null,
  searches: StageResults["searches"],
): Sustainable | null {
  const all: Limit[] = pipeline.flatMap(({ station, ceilingTps, isLowerBound }) => {
    if (ceilingTps === null || station === NOT_A_LIMIT) return [];
    const headroomShare = ARCHIVE.headroomShare;
    return [{ station, tps: ceilingTps * (1 - headroomShare), isLowerBound, headroomShare }];
  });
  if (all.length === 0) return null;
  // One that only showed that it can do more ends nothing.
  const reached = all.filter(({ isLowerBound }) => !isLowerBound);
  const limits = [
    ...(reached.length > 0 ? reached : all),
    ...measured(operating),
    ...searches.flatMap(latencyOf),
  ];
  const least = limits.reduce((smallest, one) => (one.tps < smallest.tps ? one : smallest));
  const open = all.filter(
    ({ isLowerBound, tps }) => isLowerBound && Math.max(tps, operating?.tps ?? 0) < least.tps,
  );
  const doubts = open.map(
    ({ station, tps }) =>
      ` Of ${station} it is only known that it can do ${formatNumber(tps)} or more.`,
  );
  return { ...least, sentence: [sentenceOf(least, pipeline), ...doubts].join("") };
}

/** The station with the least ceiling, of those whose ceiling was reached. */
function firstToGive(pipeline: readonly PipelineRow[]): PipelineRow | null {
  const reached = pipeline.filter(
    ({ station, ceilingTps, isLowerBound }) =>
      ceilingTps !== null && !isLowerBound && station !== NOT_A_LIMIT,
  );
  return reached.toSorted((a, b) => a.ceilingTps! - b.ceilingTps!)[0] ?? null;
}

function measured(operating: OperatingPoint | null): Limit[] {
  if (operating === null) return [];
  return [{ station: DATABASE, tps: operating.tps, isLowerBound: true, headroomShare: 0 }];
}

const DATABASE = "the database";

function latencyOf({ sloMax }: StageResults["searches"][number]): Limit[] {
  if (sloMax.tps === null) return [];
  const isLowerBound = sloMax.failedTps === null;
  return [{ station: "latency", tps: sloMax.tps, isLowerBound, headroomShare: 0 }];
}

function sentenceOf(least: Limit, pipeline: readonly PipelineRow[]): string {
  const { station, tps, isLowerBound, headroomShare } = least;
  const amount = `${isLowerBound ? "at least " : ""}${formatNumber(tps)} transactions per second`;
  const row = pipeline.find((one) => one.station === station);
  if (station === DATABASE) {
    const first = firstToGive(pipeline);
    const next =
      first === null
        ? ""
        : ` The first to give way is ${first.station}, at ${formatNumber(first.ceilingTps!)}.`;
    return `Sustainable: ${amount}, the most that was measured; every station of the WAL that was measured has more to give.${next}`;
  }
  if (station === "latency") {
    return `Sustainable: ${amount}: the latency objective ends it, before any station of the WAL.`;
  }
  const ceiling = formatNumber(row?.ceilingTps ?? 0);
  const share = Math.round(headroomShare * 100);
  return `Sustainable: ${amount}: ${station} ends it. It can do ${ceiling}, less ${share} % so that a backlog can go again.`;
}
