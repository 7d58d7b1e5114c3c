import type { SurfaceAnalysis, SurfaceLoss, SurfacePoint } from "./model.ts";
import { nameLevel, nameReplication } from "../../analysis/name-replication.ts";
import type { PlannedReplication } from "../../record/planned-trial.ts";
import { formatDurationMs, formatNumber } from "../../lib/units.ts";
import { count, formatInterval } from "../../report/phrases.ts";

/** What a commit has when it is acknowledged, by level: what is promised, before anything is measured. */
const PROMISES: Readonly<Record<PlannedReplication["commit"], string>> = {
  off: "not even the primary's disk has it: a crash loses the last moments also without a failover",
  local: "the primary's disk has it, and maybe nobody else: a failover may lose it",
  remote_write:
    "the primary's disk and the memory of the standbys that confirm: lost only where both machines go at once",
  on: "the primary's disk and those of the standbys that confirm",
  remote_apply:
    "the primary's disk and those of the standbys that confirm, where it can be read already",
};

/** `Ways to replicate under ledger, 8 clients`. */
export function titleOfSurface({ title, clients }: SurfaceAnalysis): string {
  return `Ways to replicate under ${title}, ${clients} clients`;
}

const hasLosses = ({ points }: SurfaceAnalysis, kind: "failover" | "standbyLoss") =>
  points.some((point) => point[kind] !== null);

/** The whole surface, a row per point. */
export function surfaceTableOf(surface: SurfaceAnalysis): {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
} {
  const [failover, standbyLoss] = [
    hasLosses(surface, "failover"),
    hasLosses(surface, "standbyLoss"),
  ];
  return {
    columns: [
      "distance",
      "commit",
      "confirmed by",
      "round trip seen",
      "throughput, tps",
      "of the first",
      "p50",
      "p99",
      ...(failover
        ? ["primary killed: writes away", "blocked in all", "lost of acknowledged"]
        : []),
      ...(standbyLoss ? ["standby stopped: blocked", "failed then"] : []),
    ],
    rows: surface.points.map((point) => [
      ...cellsOfLevel(point),
      ...(failover ? cellsOfFailover(point.failover) : []),
      ...(standbyLoss ? cellsOfStandbyLoss(point.standbyLoss) : []),
    ]),
  };
}

function cellsOfLevel(point: SurfacePoint): string[] {
  const { replication, roundTripMs, share, latency } = point;
  const { commit, method, number, distanceMs } = replication;
  return [
    formatDurationMs(distanceMs),
    commit,
    method === null ? "nobody" : `${method} ${number}`,
    ms(roundTripMs),
    tellThroughput(point),
    share === null ? "–" : `${formatNumber(share * 100)} %`,
    ms(latency.p50Ms),
    ms(latency.p99Ms),
  ];
}

/** What could not be believed is shown all the same, and says so. */
export function tellThroughput({ throughputTps, seenTps, invalid }: SurfacePoint): string {
  if (throughputTps !== null) {
    return `${formatInterval(throughputTps)}${invalid === 0 ? "" : `, ${invalid} invalid left out`}`;
  }
  return seenTps === null ? "–" : `(${formatNumber(seenTps)}, invalid)`;
}

/** A point in one line: `on, any 1: 1,234 tps (51 %), p99 12 ms; killed: away 0.9 s, 0 of 4,000 lost`. */
export function tellPoint(point: SurfacePoint): string {
  const { replication, share, latency, failover, standbyLoss } = point;
  const told = [
    `${nameLevel(replication)}: ${tellThroughput(point)} tps${share === null ? "" : ` = ${formatNumber(share * 100)} %`}, p99 ${ms(latency.p99Ms)}`,
  ];
  if (failover !== null) {
    const [away, , lost] = cellsOfFailover(failover);
    told.push(`killed: away ${away}, lost ${lost}`);
  }
  if (standbyLoss !== null)
    told.push(`standby gone: blocked ${cellsOfStandbyLoss(standbyLoss)[0]}`);
  return `${told.join("; ")}.`;
}

function cellsOfFailover(loss: SurfaceLoss | null): string[] {
  if (loss === null) return ["–", "–", "–"];
  const { known, lost, acknowledged } = loss.loss;
  const told = known === 0 ? "not known" : `${formatNumber(lost)} of ${formatNumber(acknowledged)}`;
  return [range(loss.rtoMs, loss.neverBack), range(loss.blockedMs, loss.neverBack), told];
}

function cellsOfStandbyLoss(loss: SurfaceLoss | null): string[] {
  if (loss === null) return ["waits for none", "–"];
  return [range(loss.blockedMs, loss.neverBack), formatNumber(loss.failed)];
}

/** Of several trials the extremes: the longest is what an objective is held against. */
function range(found: SurfaceLoss["rtoMs"], neverBack: number): string {
  if (found === null) return "–";
  const { min, max, median } = found;
  const text =
    median.n === 1 || min === max
      ? formatDurationMs(max)
      : `${formatDurationMs(min)} to ${formatDurationMs(max)}`;
  return neverBack === 0 ? text : `> ${text}`;
}

function ms(value: number | null): string {
  return value === null ? "–" : formatDurationMs(value);
}

/** The trade in sentences, the most important first. */
export function tellTrade(surface: SurfaceAnalysis): string[] {
  return [
    ...tellTrust(surface),
    ...tellCosts(surface),
    ...tellDistance(surface),
    ...tellLosses(surface),
    ...tellBlocked(surface),
    ...surface.leftOut.map(({ what, because }) => `Not measured: ${what}. ${because}`),
  ];
}

/** Said first: shares of figures that may not be believed may not be believed either. */
function tellTrust({ points }: SurfaceAnalysis): string[] {
  const invalid = points.filter(({ throughputTps }) => throughputTps === null).length;
  return invalid === 0
    ? []
    : [
        `At ${invalid} of ${count(points.length, "point")} no trial may be believed (see Trials): figures in brackets were seen, and shares of them are no more than a hint.`,
      ];
}

/** Each level at the nearest distance against the weakest, with what it promises. */
function tellCosts({ points }: SurfaceAnalysis): string[] {
  const nearest = points.filter(
    ({ replication }) => replication.distanceMs === points[0]?.replication.distanceMs,
  );
  return nearest.map((point) => {
    const { replication, share } = point;
    const cost =
      share === null
        ? "its throughput is not known"
        : point === points[0]
          ? `${tellThroughput(point)} tps, which the others are held against`
          : `${formatNumber(share * 100)} % of that`;
    return `\`${nameLevel(replication)}\`: ${cost}. Acknowledged means: ${PROMISES[replication.commit]}.`;
  });
}

/** What the distance takes from each level, where there are two. */
function tellDistance({ points }: SurfaceAnalysis): string[] {
  const levels = [...new Set(points.map(({ replication }) => nameLevel(replication)))];
  const told = levels.flatMap((level) => {
    const own = points.filter(({ replication }) => nameLevel(replication) === level);
    const [near, far] = [own[0], own.at(-1)];
    if (near === undefined || far === undefined || near === far) return [];
    const [a, b] = [near.share, far.share];
    if (a === null || b === null || a === 0) return [];
    const p50 =
      near.latency.p50Ms === null || far.latency.p50Ms === null
        ? ""
        : ` (p50 ${formatDurationMs(near.latency.p50Ms)} → ${formatDurationMs(far.latency.p50Ms)})`;
    return [`\`${level}\` keeps ${formatNumber((100 * b) / a)} %${p50}`];
  });
  const far = points.at(-1)?.replication.distanceMs;
  return told.length === 0 || far === undefined
    ? []
    : [`${formatDurationMs(far)} apart instead of the nearest: ${told.join("; ")}.`];
}

/** Never that nothing can be lost: how much was seen, and what that bounds. */
function tellLosses(surface: SurfaceAnalysis): string[] {
  return surface.points.flatMap((point) =>
    point.failover === null || point.failover.trials.length === 0
      ? []
      : [
          `Primary killed at \`${nameReplication(point.replication)}\`: ${point.failover.loss.sentence}`,
        ],
  );
}

function tellBlocked({ points }: SurfaceAnalysis): string[] {
  return points.flatMap((point) => {
    const { standbyLoss } = point;
    if (standbyLoss?.blockedMs == null) return [];
    const blocked = standbyLoss.blockedMs.max;
    const what =
      blocked === 0
        ? "writes went on"
        : `writes were blocked for ${standbyLoss.neverBack > 0 ? "more than" : "up to"} ${formatDurationMs(blocked)}, and ${formatNumber(standbyLoss.failed)} failed; clients get no error while they wait`;
    return [`A synchronous standby stopped at \`${nameReplication(point.replication)}\`: ${what}.`];
  });
}
