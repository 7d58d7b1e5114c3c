import { formatBytes, formatNumber } from "../../../lib/units.ts";
import type { Evidence, Series } from "../../../analysis/evidence.ts";
import { lastLevel, maxLevel, samplesOf } from "../../../analysis/gauges.ts";
import { theilSen } from "../../../analysis/statistics/theil-sen.ts";
import { SEARCH_THRESHOLDS } from "../../../analysis/search/thresholds.ts";

/** Something that waits behind the database, and whether more and more of it does. */
export interface QueueVerdict {
  readonly queue: "archive" | "replay" | "slot" | "dead-rows";
  readonly is: "steady" | "grows" | "not-seen";
  readonly because: string;
}

/**
 * What piles up over a window although every transaction is answered in time: such a rate cannot be
 * kept up. A slope counts where it is surely above zero, and large enough to be no matter of sampling.
 */
export function judgeQueues(evidence: Evidence): QueueVerdict[] {
  const segmentBytes =
    maxLevel(evidence.series("pg-wal-directory", "segmentBytes")) ?? SEARCH_THRESHOLDS.segmentBytes;
  return [
    judgeArchive(evidence),
    ...judgeRetained(evidence, "replay", "pg-replication", "replayLagBytes", segmentBytes),
    ...judgeRetained(evidence, "slot", "pg-slots", "retainedBytes", segmentBytes),
    judgeDeadRows(evidence),
  ];
}

/** Growth over the window where it is surely above zero; 0 where it is not. `null`: too few samples. */
function growthOf(series: Series | null, { startMs, endMs }: Evidence): number | null {
  if (series === null) return null;
  const points = series.t.flatMap((t, i) => {
    const y = series.v[i] ?? null;
    return y === null ? [] : [{ x: t / 1000, y }];
  });
  const slope = theilSen(points, SEARCH_THRESHOLDS.slopeConfidence);
  if (slope.is === "unknown") return null;
  return slope.low > 0 ? slope.slope * ((endMs - startMs) / 1000) : 0;
}

function judgeArchive(evidence: Evidence): QueueVerdict {
  const queue = "archive";
  const mode = evidence.settingText("archive_mode");
  if (mode === "off") return { queue, is: "steady", because: "Nothing is archived." };
  const ready = evidence.series("pg-archiver", "ready");
  const gained = growthOf(ready, evidence);
  if (gained === null) {
    return { queue, is: "not-seen", because: "How much waits for the archive was not read." };
  }
  const grows = gained >= SEARCH_THRESHOLDS.segmentsGainedMin;
  const now = formatNumber(lastLevel(ready) ?? 0);
  const because = grows
    ? `Segments wait for the archive: ${formatNumber(gained)} more over the window, ${now} at its end.`
    : `${now} segments wait for the archive; the queue is not growing.`;
  return { queue, is: grows ? "grows" : "steady", because };
}

/** WAL that is kept back for somebody: a standby's replay, a slot. One verdict, of the worst. */
function judgeRetained(
  evidence: Evidence,
  queue: "replay" | "slot",
  probe: string,
  name: string,
  segmentBytes: number,
): QueueVerdict[] {
  const keyed = evidence.keyed(probe, name);
  // Nobody follows, so that nothing can pile up for them.
  if (keyed === null || keyed.size === 0) return [];
  const limitBytes = SEARCH_THRESHOLDS.segmentsGainedMin * segmentBytes;
  const grown = [...keyed].map(([key, series]) => ({ key, gained: growthOf(series, evidence) }));
  const known = grown.filter((one): one is { key: string; gained: number } => one.gained !== null);
  const what = queue === "replay" ? "Replay on" : "Slot";
  if (known.length === 0) {
    return [{ queue, is: "not-seen", because: `${what} was read too seldom in this window.` }];
  }
  const worst = known.reduce((most, one) => (one.gained > most.gained ? one : most));
  const grows = worst.gained >= limitBytes;
  const because = grows
    ? `${what} ${worst.key} falls behind: ${formatBytes(worst.gained)} more over the window.`
    : `${what} ${worst.key} keeps up.`;
  return [{ queue, is: grows ? "grows" : "steady", because }];
}

/**
 * Dead rows grow between two visits of autovacuum by design; they pile up only beyond what sets it off.
 *
 * @see https://www.postgresql.org/docs/current/routine-vacuuming.html#AUTOVACUUM
 */
function judgeDeadRows(evidence: Evidence): QueueVerdict {
  const queue = "dead-rows";
  const dead = evidence.keyed("pg-tables", "deadRows");
  const live = evidence.keyed("pg-tables", "liveRows");
  if (dead === null || live === null) {
    return { queue, is: "not-seen", because: "Dead rows were not read." };
  }
  const base = Number(evidence.settingText("autovacuum_vacuum_threshold") ?? "50");
  const scale = Number(evidence.settingText("autovacuum_vacuum_scale_factor") ?? "0.2");
  for (const [table, series] of dead) {
    const gained = growthOf(series, evidence);
    if (gained === null || gained <= 0) continue;
    const rows = maxLevel(live.get(table) ?? null) ?? 0;
    const limit = SEARCH_THRESHOLDS.deadRowsOverAutovacuum * (base + scale * rows);
    const now = lastLevel(series) ?? 0;
    if (now <= limit) continue;
    const because = `Dead rows of ${table} grow faster than autovacuum removes them: ${formatNumber(now)} now.`;
    return { queue, is: "grows", because };
  }
  const most = Math.max(0, ...[...dead.values()].flatMap((series) => samplesOf(series)));
  return { queue, is: "steady", because: `At most ${formatNumber(most)} dead rows in a table.` };
}
