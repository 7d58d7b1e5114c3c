import { OWN_HOST } from "../record/series-format.ts";
import { activeSessions, sessionsIn, shareIn, shareOfProcess } from "./aas.ts";
import { ratePerS } from "./counters.ts";
import type { Evidence } from "./evidence.ts";
import { medianLevel } from "./gauges.ts";
import { type StandbyLink, standbyLinks, standbysRead, wantedStandbys } from "./replication.ts";
import { replayStarvedShare } from "./replay-starved.ts";
import { type SyncCause, type SyncPlaces, syncPlaces } from "./sync-places.ts";
import { SYNC_COMMIT } from "./thresholds.ts";
import { walSyncs } from "./wal.ts";

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
  /** Where they stand while they wait, by the positions that the standby confirms; `null` where it does not show. */
  readonly places: SyncPlaces | null;
  /** Share of its time in which a standby's receiver was in writing or syncing; `null` where not read. */
  readonly receiverIoShare: number | null;
  /** Share of its time in which a standby's replay had work; `null` where not read. */
  readonly replayBusyShare: number | null;
  /** How far that process is kept from a CPU, see `replayStarvedShare`; `null` where not read. */
  readonly replayStarvedShare: number | null;
  /** It takes long enough to be worth a word. */
  readonly isSlow: boolean;
  readonly cause: SyncCause | null;
  /** The primary's view (times or positions) and the standby's own processes agree on the cause. */
  readonly isConfirmed: boolean;
}

/**
 * The wait for synchronous standbys, and what it is made of; `null` where waits were not sampled.
 *
 * The lag columns alone may keep the last quick answer while the standby's disk or its replay is slow,
 * so that the positions and the standby's own processes are asked as well.
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
  const wanted = wantedStandbys(evidence.settingText("synchronous_standby_names") ?? "");
  const standbys = standbysOf(links, standbysRead(evidence));
  const deciding = decidingDelays(links, mode, wanted);
  const seen = {
    waiters,
    share: shareIn(active, "IPC:SyncRep"),
    waitMs,
    usualMs,
    commitsPerS,
    mode,
    links,
    lagMs: deciding?.lagMs ?? NO_LAGS,
    places: deciding === null ? null : syncPlaces(deciding.link, mode),
    receiverIoShare: most(standbys, (on) => receiverIoShare(evidence, on)),
    replayBusyShare: most(standbys, (on) => replayBusyShare(evidence, on)),
    replayStarvedShare: most(standbys, (on) => replayStarvedShare(evidence, on)),
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
  for (const [probe, series] of evidence.keyed("sampler", "queries", OWN_HOST) ?? []) {
    if (probe.startsWith("pg-")) own += ratePerS(series) ?? 0;
  }
  // Commits can only be too few by this, and their wait too long, by a little.
  return Math.max(0.1, all - own / Math.max(1, evidence.instances.length));
}

interface Delays {
  readonly link: StandbyLink;
  readonly lagMs: Readonly<Record<SyncCause, number | null>>;
}

/** The standby that completes the number that commits wait for: those that are quicker are no matter, nor slower ones. */
function decidingDelays(
  links: readonly StandbyLink[],
  mode: string | null,
  wanted: number,
): Delays | null {
  const all = links.map((link) => ({ link, lagMs: lagsOf(link, mode) }));
  const sorted = all.toSorted((a, b) => sumOf(a.lagMs) - sumOf(b.lagMs));
  return sorted[Math.min(wanted, sorted.length) - 1] ?? null;
}

function lagsOf(link: StandbyLink, mode: string | null): Record<SyncCause, number | null> {
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
}

const NO_LAGS = { network: null, "standby-disk": null, replay: null } as const;

function sumOf(lags: Readonly<Record<SyncCause, number | null>>): number {
  return Object.values(lags).reduce<number>((sum, ms) => sum + (ms ?? 0), 0);
}

/** Case is not looked at: PostgreSQL 17 spells them another way. */
const RECEIVER_IO = ["IO:WALSync", "IO:WALWrite", "IO:WALInitWrite", "IO:WALInitSync"];

function receiverIoShare(evidence: Evidence, on: string): number | null {
  const shares = RECEIVER_IO.flatMap(
    (event) => shareOfProcess(evidence, "walreceiver", event, on) ?? [],
  );
  return shares.length === 0 ? null : shares.reduce((sum, share) => sum + share, 0);
}

function replayBusyShare(evidence: Evidence, on: string): number | null {
  const idle = shareOfProcess(evidence, "startup", "Activity:RecoveryWalStream", on);
  return idle === null ? null : 1 - idle;
}

/** Of the standbys that were read those that commits wait for, where their names tell; else all. */
function standbysOf(links: readonly StandbyLink[], read: readonly string[]): readonly string[] {
  const named = read.filter((on) => links.some(({ application }) => application === on));
  return named.length > 0 ? named : read;
}

function most(standbys: readonly string[], of: (on: string) => number | null): number | null {
  return standbys.reduce<number | null>((highest, on) => {
    const value = of(on);
    return value === null ? highest : Math.max(highest ?? 0, value);
  }, null);
}

/** What speaks for each cause: the primary's view (times and positions), and the standby's own processes. */
interface Signals {
  readonly ofPrimary: boolean;
  readonly ofStandby: boolean;
}

/**
 * The cause that signals of its own point to. Time that nothing else explains is nobody's: without such
 * a signal there is no cause. Both sides together confirm it.
 */
function causeOf(seen: Omit<SyncCommit, "isSlow" | "cause" | "isConfirmed">): {
  readonly cause: SyncCause | null;
  readonly isConfirmed: boolean;
} {
  const signals = signalsOf(seen);
  const count = (cause: SyncCause) =>
    Number(signals[cause].ofPrimary) + Number(signals[cause].ofStandby);
  // A disk that holds the receiver up delays what it has to read from the network as well, and what
  // is replayed comes from there: of causes with as many signals the one further along is named.
  const order = ["replay", "standby-disk", "network"] as const;
  const most = order.reduce((best, one) => (count(one) > count(best) ? one : best));
  if (count(most) === 0) return { cause: null, isConfirmed: false };
  return { cause: most, isConfirmed: count(most) === 2 };
}

function signalsOf({
  mode,
  lagMs,
  waitMs,
  places,
  receiverIoShare,
  replayBusyShare,
  replayStarvedShare,
}: Omit<SyncCommit, "isSlow" | "cause" | "isConfirmed">): Record<SyncCause, Signals> {
  const { partShareMin } = SYNC_COMMIT;
  const byLag = agreedWith(places, largestLag(lagMs, waitMs));
  const isAt = (cause: SyncCause) => (places?.[cause] ?? 0) >= partShareMin;
  const isIo = (receiverIoShare ?? 0) >= partShareMin;
  const isReplay =
    mode === "remote_apply" &&
    ((replayBusyShare ?? 0) >= partShareMin || (replayStarvedShare ?? 0) >= partShareMin);
  // A receiver that has nothing to do while WAL is on its way to it speaks for the way; one that is
  // not read says nothing.
  const isReceiverIdle = receiverIoShare !== null && receiverIoShare < partShareMin / 2;
  const isOnTheWay = (byLag === "network" || isAt("network")) && !isIo;
  return {
    network: { ofPrimary: isOnTheWay, ofStandby: isOnTheWay && isReceiverIdle },
    "standby-disk": {
      ofPrimary: byLag === "standby-disk" || isAt("standby-disk"),
      ofStandby: isIo,
    },
    replay: { ofPrimary: byLag === "replay" || isAt("replay"), ofStandby: isReplay },
  };
}

/** Times and positions that contradict one another say nothing: then only the standby's processes tell. */
function agreedWith(places: SyncPlaces | null, byLag: SyncCause | null): SyncCause | null {
  if (places === null || byLag === null) return byLag;
  return Object.values(places).some((share) => share > places[byLag]) ? null : byLag;
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
