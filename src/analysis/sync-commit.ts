import { activeSessions, sessionsIn, shareIn, shareOfProcess } from "./aas.ts";
import { ratePerS } from "./counters.ts";
import type { Evidence } from "./evidence.ts";
import { medianLevel } from "./gauges.ts";
import { type StandbyLink, standbyLinks, standbysRead } from "./replication.ts";
import { SYNC_COMMIT } from "./thresholds.ts";
import { walSyncs } from "./wal.ts";

/** Where the delay of a commit that waits for a standby comes from. */
export type SyncCause = "network" | "standby-disk" | "replay";

/** Commits that wait for a standby. */
export interface SyncCommit {
  /** Sessions that wait at a time, and their share of the active time. */
  readonly waiters: number;
  readonly share: number;
  /** Per commit, by Little's law; `null` where commits were not counted. */
  readonly waitMs: number | null;
  /** Below it a wait is that of a good standby. */
  readonly usualMs: number;
  readonly commitsPerS: number | null;
  readonly mode: string | null;
  /** Synchronous standbys that are connected. */
  readonly links: readonly StandbyLink[];
  /** Parts of the delay by the primary's lag columns, medians; `null` where they say nothing. */
  readonly lagMs: Readonly<Record<SyncCause, number | null>>;
  /** Share of its time in which a standby's receiver was in writing or syncing; `null` where not read. */
  readonly receiverIoShare: number | null;
  /** Share of its time in which a standby's replay had work; `null` where not read. */
  readonly replayBusyShare: number | null;
  /** It takes long enough to be worth a word. */
  readonly isSlow: boolean;
  readonly cause: SyncCause | null;
  /** Lag columns and the standby's own processes agree on the cause. */
  readonly isConfirmed: boolean;
}

/**
 * The wait for synchronous standbys, and what it is made of; `null` where waits were not sampled.
 *
 * The lag columns alone may keep the last quick answer while the standby's disk is slow, so that the
 * standby's own waits come first where it was read.
 *
 * @see https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-REPLICATION-VIEW
 */
export function syncCommitOf(evidence: Evidence): SyncCommit | null {
  const active = activeSessions(evidence);
  const all = standbyLinks(evidence);
  if (active === null || all === null) return null;
  const links = all.filter(({ isSynchronous }) => isSynchronous);
  const waiters = sessionsIn(active, "IPC:SyncRep");
  const commitsPerS = commitRate(evidence);
  const waitMs = commitsPerS === null || commitsPerS <= 0 ? null : (waiters / commitsPerS) * 1000;
  const localMs = walSyncs(evidence)?.meanMs ?? 0;
  const usualMs = Math.max(SYNC_COMMIT.waitMsMin, SYNC_COMMIT.localSyncsMin * localMs);
  const mode = evidence.settingText("synchronous_commit");
  const seen = {
    waiters,
    share: shareIn(active, "IPC:SyncRep"),
    waitMs,
    usualMs,
    commitsPerS,
    mode,
    links,
    lagMs: lagsOf(links, mode),
    receiverIoShare: receiverIoShare(evidence),
    replayBusyShare: replayBusyShare(evidence),
  };
  const isSlow =
    seen.share >= SYNC_COMMIT.shareMin &&
    waiters >= SYNC_COMMIT.waitersMin &&
    waitMs !== null &&
    waitMs >= usualMs;
  return { ...seen, isSlow, ...causeOf(seen) };
}

/** Commits per second without the monitor's own statements, each of which is a transaction, too. */
function commitRate(evidence: Evidence): number | null {
  const all = ratePerS(evidence.series("pg-database", "allCommits"));
  if (all === null) return null;
  let own = 0;
  for (const [probe, series] of evidence.keyed("sampler", "queries", "host") ?? []) {
    if (probe.startsWith("pg-")) own += ratePerS(series) ?? 0;
  }
  // Commits can only be too few by this, and their wait too long, by a little.
  return Math.max(0.1, all - own / Math.max(1, evidence.instances.length));
}

/** Of the quickest synchronous standby: a quorum waits for no other. */
function lagsOf(
  links: readonly StandbyLink[],
  mode: string | null,
): Record<SyncCause, number | null> {
  const lags = links.map((link) => {
    const write = medianLevel(link.series("writeLagMs"));
    const flush = medianLevel(link.series("flushLagMs"));
    const replay = medianLevel(link.series("replayLagMs"));
    const less = (a: number | null, b: number | null) =>
      a === null || b === null ? null : Math.max(0, a - b);
    return {
      network: write,
      "standby-disk": mode === "remote_write" ? null : less(flush, write),
      replay: mode === "remote_apply" ? less(replay, flush) : null,
    };
  });
  const [first] = lags.toSorted((a, b) => sumOf(a) - sumOf(b));
  return first ?? { network: null, "standby-disk": null, replay: null };
}

function sumOf(lags: Readonly<Record<SyncCause, number | null>>): number {
  return Object.values(lags).reduce<number>((sum, ms) => sum + (ms ?? 0), 0);
}

/** Case is not looked at: PostgreSQL 17 spells them another way. */
const RECEIVER_IO = ["IO:WALSync", "IO:WALWrite", "IO:WALInitWrite", "IO:WALInitSync"];

/** The most of any standby that was read. */
function receiverIoShare(evidence: Evidence): number | null {
  return most(standbysRead(evidence), (on) => {
    const shares = RECEIVER_IO.flatMap(
      (event) => shareOfProcess(evidence, "walreceiver", event, on) ?? [],
    );
    return shares.length === 0 ? null : shares.reduce((sum, share) => sum + share, 0);
  });
}

function replayBusyShare(evidence: Evidence): number | null {
  return most(standbysRead(evidence), (on) => {
    const idle = shareOfProcess(evidence, "startup", "Activity:RecoveryWalStream", on);
    return idle === null ? null : 1 - idle;
  });
}

function most(standbys: readonly string[], of: (on: string) => number | null): number | null {
  return standbys.reduce<number | null>((highest, on) => {
    const value = of(on);
    return value === null ? highest : Math.max(highest ?? 0, value);
  }, null);
}

/** Which part of the delay is the largest, and whether something else says so, too. */
function causeOf(
  seen: Pick<SyncCommit, "lagMs" | "waitMs" | "receiverIoShare" | "replayBusyShare" | "mode">,
): Pick<SyncCommit, "cause" | "isConfirmed"> {
  const { lagMs, waitMs, receiverIoShare, replayBusyShare, mode } = seen;
  const byLag = largestLag(lagMs, waitMs);
  const { partShareMin } = SYNC_COMMIT;
  if (receiverIoShare !== null && receiverIoShare >= partShareMin) {
    // A disk that holds the receiver up delays what it has to read from the network as well.
    if (mode === "remote_apply" && byLag === "replay") {
      return { cause: "replay", isConfirmed: false };
    }
    return { cause: "standby-disk", isConfirmed: byLag === "standby-disk" || byLag === null };
  }
  if (byLag === "replay") {
    return { cause: "replay", isConfirmed: (replayBusyShare ?? 0) >= partShareMin };
  }
  if (byLag === null && receiverIoShare !== null) {
    // The columns explain too little of the wait, so that only the standby's processes tell.
    const isReplay = mode === "remote_apply" && (replayBusyShare ?? 0) >= partShareMin;
    const isOnTheWay = receiverIoShare < partShareMin / 2;
    return {
      cause: isReplay ? "replay" : isOnTheWay ? "network" : null,
      isConfirmed: false,
    };
  }
  if (byLag === null || receiverIoShare === null) return { cause: byLag, isConfirmed: false };
  // A receiver that has nothing to do while commits wait speaks for the way to it.
  const isIdle = receiverIoShare < partShareMin / 2;
  return { cause: byLag, isConfirmed: byLag === "network" ? isIdle : !isIdle };
}

function largestLag(lagMs: SyncCommit["lagMs"], waitMs: number | null): SyncCause | null {
  const total = sumOf(lagMs);
  if (waitMs !== null && total < SYNC_COMMIT.explainedShareMin * waitMs) return null;
  const parts = Object.entries(lagMs) as [SyncCause, number | null][];
  const found = parts.find(
    ([, ms]) =>
      ms !== null && ms >= SYNC_COMMIT.partMsMin && ms >= SYNC_COMMIT.partShareMin * total,
  );
  return found?.[0] ?? null;
}
