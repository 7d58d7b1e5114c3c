import { increase } from "../../analysis/counters.ts";
import type { Evidence } from "../../analysis/evidence.ts";
import { lastLevel } from "../../analysis/gauges.ts";
import { snapshotHolder } from "../../analysis/snapshots.ts";
import { CATALOG_BLOAT } from "../../analysis/thresholds.ts";
import { formatNumber } from "../../lib/units.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { byHand } from "../predict.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

export const catalogBloat = defineRule({
  id: "catalog-bloat",
  asks: "Are the system catalogs full of dead rows that nobody removes?",
  needs: ["pg-catalogs"],
  sources: [
    "https://www.postgresql.org/docs/current/routine-vacuuming.html",
    "https://www.postgresql.org/docs/current/catalogs.html",
  ],
  explainedBy: ["blocking-transaction"],

  judge(evidence) {
    const catalogs = catalogsOf(evidence);
    if (catalogs === null) return unknown("pg-catalogs is not in the record.");
    const worst = catalogs.reduce<Catalog | null>(
      (most, one) => (most === null || one.dead > most.dead ? one : most),
      null,
    );
    if (worst === null) return pass("No system catalog has dead rows.");
    const items = itemsOf(worst);
    const { name, dead, live, blockShare } = worst;
    const because = `${name} has ${formatNumber(dead)} dead rows and ${formatNumber(live)} live ones`;
    if (dead < CATALOG_BLOAT.deadRowsMin || dead < CATALOG_BLOAT.deadPerLiveMin * live) {
      return pass(`${because}.`, items);
    }
    const left = whyLeft(evidence, worst);
    if (left === null) {
      return unknown(`${because}; they came since it was last vacuumed.`, items);
    }
    const isRead = blockShare !== null && blockShare >= CATALOG_BLOAT.blockShareMin;
    const read =
      blockShare === null ? "" : `; ${percent(blockShare)} of the blocks looked at are its own`;
    return fail({
      because: `${because}${left}${read}.`,
      evidence: items,
      confidence: isRead ? "confirmed" : "suspected",
      // Dead rows that nobody passes by cost space only.
      ...(isRead ? {} : { kind: "aside" as const }),
      advice:
        "End what holds the old snapshot (a transaction, a prepared one, a slot) if there is such a thing, " +
        `switch \`autovacuum\` on, then \`vacuum pg_catalog.${name}\`; \`vacuum full\` gives the space ` +
        "back, and locks everybody out meanwhile. It comes from temporary tables and other DDL by the " +
        "thousand: `truncate` one temporary table instead, or `on commit delete rows`.",
      refutedBy: `After \`vacuum full pg_catalog.${name}\` statements take as long, and look at as many blocks.`,
      experiment: byHand(`${name} vacuumed in full`),
      weight: isRead ? blockShare : CATALOG_BLOAT.weightUnread,
    });
  },
});

interface Catalog {
  readonly name: string;
  readonly dead: number;
  readonly live: number;
  /** Of all blocks that were looked at in this database; `null` where not known. */
  readonly blockShare: number | null;
  readonly vacuumAgeMs: number | null;
}

function catalogsOf(evidence: Evidence): Catalog[] | null {
  const dead = evidence.keyed("pg-catalogs", "deadRows");
  if (dead === null) return null;
  const of = (name: string, key: string) => evidence.keyed("pg-catalogs", name)?.get(key) ?? null;
  const hit = increase(evidence.series("pg-database", "blocksHit"));
  const all =
    hit === null ? 0 : hit + (increase(evidence.series("pg-database", "blocksRead")) ?? 0);
  return [...dead].map(([name, series]) => {
    const blocks = increase(of("blocks", name));
    return {
      name,
      dead: lastLevel(series) ?? 0,
      live: Math.max(1, lastLevel(of("liveRows", name)) ?? 0),
      blockShare: blocks === null || all === 0 ? null : Math.min(1, blocks / all),
      vacuumAgeMs: lastLevel(of("vacuumAgeMs", name)),
    };
  });
}

/** A clause on why vacuum has left them; `null` where it may just not have come yet. */
function whyLeft(evidence: Evidence, { dead, vacuumAgeMs }: Catalog): string | null {
  const holder = snapshotHolder(evidence);
  if (holder === "session") return ", which the snapshot of an open transaction keeps";
  if (holder === "other") return ", which an old snapshot without a session keeps";
  if (evidence.settingText("autovacuum") === "off") return ", and `autovacuum` is off";
  const isLong = vacuumAgeMs !== null && vacuumAgeMs >= CATALOG_BLOAT.vacuumAgeMsMin;
  const isNever = vacuumAgeMs === null && dead >= CATALOG_BLOAT.deadRowsNever;
  return isLong || isNever ? ", and was not vacuumed for long" : null;
}

function itemsOf({ name, dead, live, blockShare, vacuumAgeMs }: Catalog): EvidenceItem[] {
  return [
    { name: "catalog", value: name, unit: "text", how: "fact", from: "pg-catalogs" },
    {
      name: "its dead rows",
      value: dead,
      unit: "count",
      how: "last",
      from: "pg-catalogs/deadRows",
      threshold: CATALOG_BLOAT.deadRowsMin,
    },
    {
      name: "its live rows",
      value: live,
      unit: "count",
      how: "last",
      from: "pg-catalogs/liveRows",
    },
    {
      name: "blocks looked at that are its own",
      value: blockShare,
      unit: "ratio",
      how: "mean",
      from: "pg-catalogs/blocks, pg-database/blocksHit",
      threshold: CATALOG_BLOAT.blockShareMin,
    },
    {
      name: "since it was last vacuumed",
      value: vacuumAgeMs,
      unit: "ms",
      how: "timed",
      from: "pg-catalogs/vacuumAgeMs",
    },
  ];
}
