import { activeSessions, type ActiveSessions, shareIn } from "../../analysis/aas.ts";
import { cpuUse } from "../../analysis/cpu-use.ts";
import { meanLevel } from "../../analysis/gauges.ts";
import { walSyncs } from "../../analysis/wal.ts";
import type { Evidence } from "../../analysis/evidence.ts";
import { tellHost } from "../../analysis/tell-host.ts";
import { FULL_SHARE, UNEXPLAINED_WAITS } from "../../analysis/thresholds.ts";
import { syncCommitOf } from "../../analysis/sync-commit.ts";
import { formatDurationMs, formatNumber } from "../../lib/units.ts";
import { pass, percent, unknown } from "../answers.ts";
import { type Answer, defineRule, type EvidenceItem } from "../rule.ts";

/**
 * Speaks where no other rule fails: that nothing was found, and what would probably come next. It
 * passes only where every resource that it speaks of was read and none of them is full.
 * Whether another rule fails is not known here; `judgeRecord` takes this answer back then.
 */
export const noBottleneck = defineRule({
  id: "no-bottleneck",
  asks: "Is there no sign of anything that holds the load back?",
  needs: ["pg-waits", "host-cpu"],
  sources: ["https://www.brendangregg.com/usemethod.html"],
  explainedBy: [],

  judge(evidence) {
    const active = activeSessions(evidence);
    const uses = usesOf(evidence, active);
    const full = uses.filter(isFull).toSorted((a, b) => Number(b.value) - Number(a.value));
    if (full.length > 0) return heldBack(full.map(({ name }) => name).join(", "), full, uses);
    const waits = waitsUnexplained(active) ?? waitsForStandby(evidence);
    if (waits !== null) return { ...unknown(waits.because, uses), heldBackBy: waits.by };
    const unread = whatWasNotRead(evidence, active);
    if (unread !== null) return unknown(unread, uses);
    const next = uses.reduce<EvidenceItem | null>(
      (most, one) => (most === null || Number(one.value) > Number(most.value) ? one : most),
      null,
    );
    return pass(
      `Nothing was found to hold the load back.${next === null ? "" : ` Busiest: ${next.name}, ${percent(Number(next.value))}.`}`,
      uses,
    );
  },
});

function isFull({ value, threshold }: EvidenceItem): boolean {
  return Number(value) >= (threshold ?? FULL_SHARE.any);
}

function heldBack(
  by: string,
  full: readonly EvidenceItem[],
  uses: readonly EvidenceItem[],
): Answer {
  const told = full.map(({ name, value }) => `${name} (${percent(Number(value))} in use)`);
  const because = `At its limit: ${told.join(", ")}. No finding explains it.`;
  return { is: "unknown", because, evidence: uses, heldBackBy: by };
}

/** What has to be seen before it may be said that nothing holds the load back; `null` where all of it was. */
function whatWasNotRead(evidence: Evidence, active: ActiveSessions | null): string | null {
  const isCpuRead = cpuUse(evidence).hostBusyShare !== null;
  if (active === null && !isCpuRead) {
    return "Neither the sessions' waits nor the CPU of the server's host were read: nothing can be ruled out.";
  }
  if (active === null) return "What sessions wait for was not read: only the CPU was.";
  if (isCpuRead || active.total < UNEXPLAINED_WAITS.activeMin) return null;
  return (
    `Nothing was found in what could be read, but the CPU of the server's host was not, and ` +
    `${formatNumber(active.total)} sessions are active at a time.`
  );
}

interface Waits {
  readonly by: string;
  readonly because: string;
}

/** Most of the time goes into locks or storage, and yet no rule that speaks of them fails: something holds it back. */
function waitsUnexplained(active: ActiveSessions | null): Waits | null {
  if (active === null || active.total === 0) return null;
  const events = [...active.byEvent.keys()].filter(isWaitOfOthersMaking);
  const waiters = events.reduce((sum, event) => sum + (active.byEvent.get(event) ?? 0), 0);
  if (waiters < UNEXPLAINED_WAITS.waitersMin) return null;
  if (waiters / active.total < UNEXPLAINED_WAITS.shareMin) return null;
  const worst = events.reduce((most, one) =>
    shareIn(active, one) > shareIn(active, most) ? one : most,
  );
  return {
    by: worst,
    because:
      `${formatNumber(waiters)} sessions at a time wait for locks or storage, most in ${worst}: that ` +
      "holds the load back, and no finding speaks of it.",
  };
}

/** Locks and data files. Writes of the WAL and the queue for them are a resource of their own. */
function isWaitOfOthersMaking(event: string): boolean {
  return (
    /^(?:Lock:|LWLock:|BufferPin:|IO:)/.test(event) && !/^(?:LWLock:WALWrite$|IO:WAL)/i.test(event)
  );
}

/** Commits wait long for a standby, and which part of the way takes the time was not seen. */
function waitsForStandby(evidence: Evidence): Waits | null {
  const commit = syncCommitOf(evidence);
  if (commit === null || !commit.isSlow || commit.waitMs === null) return null;
  const each = formatDurationMs(commit.waitMs);
  const because = `Each commit waits ${each} for a synchronous standby; what for does not show.`;
  return { by: "a synchronous standby", because };
}

/** How much of each resource was in use, 0 to 1, and from when on it is full. */
function usesOf(evidence: Evidence, active: ActiveSessions | null): EvidenceItem[] {
  const syncs = walSyncs(evidence);
  const { hostBusyShare } = cpuUse(evidence);
  const items: EvidenceItem[] = [];
  const add = (name: string, value: number | null, from: string, threshold: number) => {
    if (value === null) return;
    items.push({ name, value: Math.min(1, value), unit: "ratio", how: "mean", from, threshold });
  };
  add(`CPU of ${tellHost(evidence)}`, hostBusyShare, "host-cpu", FULL_SHARE.any);
  const busy = active === null ? null : (syncs?.busy ?? null);
  add("the WAL's syncs", busy, "pg-waits/sessions, pg-wal", FULL_SHARE.any);
  const slots = meanLevel(evidence.series("pg-activity", "connectionsShare"));
  add("the connection slots", slots, "pg-activity/connectionsShare", FULL_SHARE.slots);
  const generator = evidence.trial?.generatorUse ?? null;
  add("the generator's threads", generator, "trial-ended", FULL_SHARE.any);
  return items;
}
