import type { Evidence } from "../../analysis/evidence.ts";
import { firstLevel, lastLevel, maxLevel, minLevel } from "../../analysis/gauges.ts";
import { snapshotHolder } from "../../analysis/snapshots.ts";
import { BLOAT } from "../../analysis/thresholds.ts";
import { formatDurationMs, formatNumber } from "../../lib/units.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { byHand } from "../predict.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

export const bloat = defineRule({
  id: "bloat",
  asks: "Do dead rows pile up faster than they are removed?",
  needs: ["pg-tables", "pg-activity"],
  sources: [
    "https://www.postgresql.org/docs/current/routine-vacuuming.html",
    "https://www.postgresql.org/docs/current/storage-hot.html",
  ],
  explainedBy: ["blocking-transaction"],

  judge(evidence) {
    const tables = tablesOf(evidence);
    if (tables === null) return unknown("pg-tables has fewer than two samples.");
    const worst = tables.reduce<Table | null>(
      (most, one) => (most === null || one.deadShare > most.deadShare ? one : most),
      null,
    );
    if (worst === null) return pass("No table has enough dead rows to matter.");
    const xactAgeMs = maxLevel(evidence.series("pg-activity", "oldestXactAgeMs"));
    const xminAge = maxLevel(evidence.series("pg-activity", "oldestXminAge"));
    const steady = evidence.trial?.steady.is ?? null;
    const items: EvidenceItem[] = [
      { name: "table", value: worst.name, unit: "text", how: "fact", from: "pg-tables" },
      {
        name: "dead rows per live row",
        value: worst.deadShare,
        unit: "ratio",
        how: "last",
        from: "pg-tables/deadRows",
        threshold: BLOAT.deadShareMax,
      },
      {
        name: "dead rows more than at the start",
        value: worst.grown,
        unit: "count",
        how: "growth",
        from: "pg-tables/deadRows",
      },
      {
        name: "age of the oldest transaction",
        value: xactAgeMs,
        unit: "ms",
        how: "peak",
        from: "pg-activity/oldestXactAgeMs",
        threshold: BLOAT.xactAgeMsMin,
      },
      {
        name: "age of the oldest snapshot",
        value: xminAge,
        unit: "transactions",
        how: "peak",
        from: "pg-activity/oldestXminAge",
      },
      { name: "throughput", value: steady, unit: "text", how: "fact", from: "load/transactions" },
    ];
    const because =
      `${worst.name} has ${formatNumber(worst.dead)} dead rows, ` +
      `${worst.deadShare < 10 ? percent(worst.deadShare) : `${formatNumber(worst.deadShare)} times`} of its live ones`;
    if (worst.deadShare <= BLOAT.deadShareMax || worst.grown <= 0)
      return pass(`${because}.`, items);
    const holder = snapshotHolder(evidence);
    const xminAgeLeast = minLevel(evidence.series("pg-activity", "oldestXminAge")) ?? 0;
    const isHeld = holder !== null;
    const isUnvacuumed = evidence.settingText("autovacuum") === "off";
    const isSlowing = steady === "drifting-down";
    if (!isHeld && !isSlowing && !isUnvacuumed) {
      return unknown(`${because}, but nothing holds them and throughput keeps its level.`, items);
    }
    const held =
      holder === "session"
        ? `; a transaction is open for ${formatDurationMs(xactAgeMs ?? 0)}`
        : isHeld
          ? `; no session, but a prepared transaction, a slot or a standby holds a snapshot that is ${formatNumber(xminAgeLeast)} transactions old`
          : isUnvacuumed
            ? "; `autovacuum` is off"
            : "";
    return fail({
      because: `${because}${held}.`,
      evidence: items,
      confidence: isHeld && isSlowing ? "confirmed" : "suspected",
      advice: isHeld
        ? "End the transaction that holds the old snapshot (an idle one, a long report, one that was " +
          "prepared and forgotten: `pg_prepared_xacts`, a standby's feedback, an abandoned slot), then let vacuum work."
        : isUnvacuumed
          ? "Switch `autovacuum` on, and vacuum that table once by hand."
          : "Make autovacuum work sooner and faster on this table (`autovacuum_vacuum_scale_factor`, " +
            "`autovacuum_vacuum_cost_limit`), or lower its `fillfactor` so that updates stay on the page.",
      refutedBy: "After `VACUUM` of that table throughput stays as it was.",
      experiment: byHand(`${isHeld ? "the old snapshot ended and " : ""}${worst.name} vacuumed`),
      weight: Math.min(0.8, worst.deadShare / 10 + (isSlowing ? 0.3 : 0)),
    });
  },
});

interface Table {
  readonly name: string;
  readonly dead: number;
  readonly deadShare: number;
  readonly grown: number;
}

/** Tables with dead rows; `null` where they were not sampled twice. */
function tablesOf(evidence: Evidence): Table[] | null {
  const dead = evidence.keyed("pg-tables", "deadRows");
  const live = evidence.keyed("pg-tables", "liveRows");
  if (dead === null || live === null) return null;
  const sampled = [...live.values(), ...dead.values()].some(
    ({ v }) => v.filter((value) => value !== null).length >= 2,
  );
  if (!sampled) return null;
  return [...dead].flatMap(([name, series]) => {
    const last = lastLevel(series) ?? 0;
    if (last < BLOAT.deadRowsMin) return [];
    const rows = Math.max(1, lastLevel(live.get(name) ?? null) ?? 0);
    const grown = last - (firstLevel(series) ?? last);
    return [{ name, dead: last, deadShare: last / rows, grown }];
  });
}
