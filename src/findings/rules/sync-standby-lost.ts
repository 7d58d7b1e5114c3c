import { activeSessions, sessionsIn, shareIn } from "../../analysis/aas.ts";
import { ratePerS } from "../../analysis/counters.ts";
import type { Evidence } from "../../analysis/evidence.ts";
import { lastLevel, meanLevel } from "../../analysis/gauges.ts";
import { standbyLinks, type StandbyLink, wantedStandbys } from "../../analysis/replication.ts";
import { SYNC_COMMIT } from "../../analysis/thresholds.ts";
import { formatNumber } from "../../lib/units.ts";
import { fail, pass, unknown } from "../answers.ts";
import { byHand } from "../predict.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

export const syncStandbyLost = defineRule({
  id: "sync-standby-lost",
  asks: "Do commits wait for a synchronous standby that is not there?",
  needs: ["pg-waits", "pg-replication"],
  sources: [
    "https://www.postgresql.org/docs/current/runtime-config-replication.html#GUC-SYNCHRONOUS-STANDBY-NAMES",
    "https://www.postgresql.org/docs/current/warm-standby.html#SYNCHRONOUS-REPLICATION-HA",
  ],
  explainedBy: ["slot-lost"],

  judge(evidence) {
    const names = evidence.settingText("synchronous_standby_names");
    const links = standbyLinks(evidence);
    const active = activeSessions(evidence);
    if (names === null || links === null || active === null) {
      return unknown("`synchronous_standby_names`, pg-replication or pg-waits was not read.");
    }
    if (names.trim() === "") return pass("No standby is synchronous: commits wait for none.");
    const wanted = wantedStandbys(names);
    const there = links.filter((link) => isThereAtTheEnd(link, evidence)).length;
    const waiters = sessionsIn(active, "IPC:SyncRep");
    // Whoever waits for the standby holds rows that others wait for.
    const share = shareIn(active, "IPC:SyncRep", "Lock:");
    const mode = evidence.settingText("synchronous_commit") ?? "on";
    const items: EvidenceItem[] = [
      {
        name: "synchronous standbys",
        value: there,
        unit: "count",
        how: "last",
        from: "pg-replication/isSync, pg-replication/isQuorum",
        threshold: wanted,
      },
      {
        name: "sessions that wait for a standby",
        value: waiters,
        unit: "count",
        how: "mean",
        from: "pg-waits/sessions",
        threshold: SYNC_COMMIT.waitersMin,
      },
      {
        name: "active time in waiting for it, or for those who do",
        value: share,
        unit: "ratio",
        how: "mean",
        from: "pg-waits/sessions",
        threshold: SYNC_COMMIT.lostShareMin,
      },
      {
        name: "WAL",
        value: ratePerS(evidence.series("pg-wal", "lsnBytes")),
        unit: "bytes/s",
        how: "mean",
        from: "pg-wal/lsnBytes",
      },
      {
        name: "synchronous_standby_names",
        value: names,
        unit: "text",
        how: "fact",
        from: "pg_settings",
      },
    ];
    const counts =
      `${formatNumber(there)} of ${formatNumber(wanted)} synchronous ` +
      `${wanted === 1 ? "standby" : "standbys"} that commits wait for`;
    if (there >= wanted) return pass(`${counts} ${there === 1 ? "is" : "are"} there.`, items);
    const verb = there === 1 ? "is there" : "are there";
    const isWaited = waiters >= SYNC_COMMIT.waitersMin && share >= SYNC_COMMIT.lostShareMin;
    if (!isWaited && (mode === "off" || mode === "local")) {
      return unknown(`${counts} are there, but \`synchronous_commit = ${mode}\`.`, items);
    }
    return fail({
      because: isWaited
        ? `${counts} ${verb}: ${formatNumber(waiters)} sessions wait for it, and no write gets through.`
        : `${counts} ${verb}: the next commit will wait for it.`,
      evidence: items,
      confidence: isWaited ? "confirmed" : "suspected",
      advice:
        "Bring the standby back, or take it out of `synchronous_standby_names` and reload: waiting " +
        "commits go on at once. Name at least two candidates (`ANY 1 (a, b)`). Neither " +
        "`statement_timeout` nor anything else on the server ends this wait; clients need a time limit.",
      refutedBy: "Commits end while no synchronous standby is connected.",
      experiment: byHand("the standby back, or out of `synchronous_standby_names`"),
      weight: 1,
    });
  },
});

/** In the last third: one that comes back in time is not lost. */
function isThereAtTheEnd(link: StandbyLink, evidence: Evidence): boolean {
  const from = evidence.endMs - (evidence.endMs - evidence.startMs) * SYNC_COMMIT.endShare;
  const flags = ["isSync", "isQuorum"].map((name) => {
    const series = evidence.keyed("pg-replication", name)?.get(link.key) ?? null;
    if (series === null) return 0;
    const late = series.t.flatMap((t, i) => (t >= from ? [series.v[i] ?? null] : []));
    return meanLevel({ t: late.map((_, i) => i), v: late }) ?? lastLevel(series) ?? 0;
  });
  return flags.some((flag) => flag >= 0.5);
}
