import type { RunRecord } from "../../record/run-record.ts";
import type { TimelinePanel, TimelineSeries } from "../model.ts";
import type { Line } from "./read-series.ts";
import { readStandbys, type StandbyLines } from "./standby-lines.ts";

/** The stages of a standby's lag, each beyond the one before, as `pg_stat_replication` has them. */
const STAGES = [
  ["not yet sent", "sentLagBytes"],
  ["sent, not written", "writeLagBytes"],
  ["written, not durable", "flushLagBytes"],
  ["durable, not replayed", "replayLagBytes"],
] as const;

/**
 * How far each standby is behind, in bytes, split by where the WAL waits. Bytes, since the times of
 * `pg_stat_replication` stand still with a standby that does.
 */
export function buildLagPanels(record: RunRecord): TimelinePanel[] {
  return readStandbys(record).map((standby) => ({
    id: `lag-${standby.name.replaceAll(/[^\w-]/g, "_")}`,
    title: `WAL that ${standby.name} lacks, by where it waits`,
    unit: "bytes",
    stacked: true,
    series: stagesOf(standby),
  }));
}

function stagesOf(standby: StandbyLines): TimelineSeries[] {
  let before: Line | null = null;
  return STAGES.map(([name, series]) => {
    const total = standby.line(series);
    const part = before === null ? total : difference(total, before);
    before = total;
    return { name, unit: "bytes", ...part };
  });
}

/** The positions are read one after the other, and may overtake one another by a record. */
function difference(total: Line, before: Line): Line {
  return {
    t: total.t,
    v: total.v.map((x, i) => {
      const less = before.v[i] ?? null;
      return x === null || less === null ? null : Math.max(0, x - less);
    }),
  };
}
