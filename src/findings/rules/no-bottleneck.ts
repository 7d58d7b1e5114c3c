import { activeSessions, type ActiveSessions, shareIn, sessionsIn } from "../../analysis/aas.ts";
import { cpuUse } from "../../analysis/cpu-use.ts";
import { walSyncs } from "../../analysis/wal.ts";
import type { Evidence } from "../../analysis/evidence.ts";
import { UNEXPLAINED_WAITS } from "../../analysis/thresholds.ts";
import { syncCommitOf } from "../../analysis/sync-commit.ts";
import { formatDurationMs, formatNumber } from "../../lib/units.ts";
import { pass, percent, unknown } from "../answers.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

/**
 * Speaks where no other rule fails: that nothing was found, and what would probably come next.
 * Whether another rule fails is not known here; `judgeRecord` takes this answer back then.
 */
export const noBottleneck = defineRule({
  id: "no-bottleneck",
  asks: "Is there no sign of anything that holds the load back?",
  needs: [],
  sources: ["https://www.brendangregg.com/usemethod.html"],
  explainedBy: [],

  judge(evidence) {
    const uses = usesOf(evidence);
    const next = uses.reduce<EvidenceItem | null>(
      (most, one) => (most === null || Number(one.value) > Number(most.value) ? one : most),
      null,
    );
    if (next === null) {
      return unknown("Neither waits nor the host's CPU were seen: nothing can be ruled out.");
    }
    const waits = waitsForLocks(activeSessions(evidence)) ?? waitsForStandby(evidence);
    if (waits !== null) return unknown(waits, uses);
    return pass(
      `Nothing was found to hold the load back. Busiest: ${next.name}, ${percent(Number(next.value))}.`,
      uses,
    );
  },
});

/** Most of the time goes into locks, and yet no rule that speaks of them fails: something holds it back. */
function waitsForLocks(active: ActiveSessions | null): string | null {
  if (active === null) return null;
  const waiters = sessionsIn(active, ...LOCKS) - sessionsIn(active, "LWLock:WALWrite");
  const share = active.total === 0 ? 0 : waiters / active.total;
  if (waiters < UNEXPLAINED_WAITS.waitersMin || share < UNEXPLAINED_WAITS.shareMin) return null;
  const worst = [...active.byEvent.keys()]
    .filter((event) => LOCKS.some((kind) => event.startsWith(kind)))
    .reduce((most, one) => (shareIn(active, one) > shareIn(active, most) ? one : most));
  return (
    `${formatNumber(waiters)} sessions at a time wait for locks, most in ${worst}: that holds the load ` +
    "back, and no finding speaks of it."
  );
}

/** Commits wait long for a standby, and which part of the way takes the time was not seen. */
function waitsForStandby(evidence: Evidence): string | null {
  const commit = syncCommitOf(evidence);
  if (commit === null || !commit.isSlow || commit.waitMs === null) return null;
  const each = formatDurationMs(commit.waitMs);
  return `Each commit waits ${each} for a synchronous standby; what for does not show.`;
}

const LOCKS = ["Lock:", "LWLock:", "BufferPin:"];

/** How much of each resource was in use, 0 to 1. */
function usesOf(evidence: Evidence): EvidenceItem[] {
  const active = activeSessions(evidence);
  const syncs = walSyncs(evidence);
  const { cores, hostBusyShare } = cpuUse(evidence);
  const items: EvidenceItem[] = [];
  const add = (name: string, value: number | null, from: string) => {
    if (value !== null) items.push({ name, value: Math.min(1, value), unit: "ratio", from });
  };
  add("CPU of the host", hostBusyShare, "host-cpu");
  add(
    "the WAL's syncs",
    active === null ? null : (syncs?.busy ?? null),
    "pg-waits/sessions, pg-wal",
  );
  if (hostBusyShare === null && active !== null && cores !== null) {
    add("active sessions per core", active.total / cores, "pg-waits/sessions");
  }
  add("the generator's threads", evidence.trial?.generatorUse ?? null, "trial-ended");
  return items;
}
