import { ratePerS } from "../../analysis/counters.ts";
import type { Evidence } from "../../analysis/evidence.ts";
import { firstLevel, lastLevel, minLevel } from "../../analysis/gauges.ts";
import { replaysOf } from "../../analysis/replay.ts";
import {
  silentServers,
  standbyLinks,
  standbysRead,
  type StandbyLink,
} from "../../analysis/replication.ts";
import { FROZEN } from "../../analysis/thresholds.ts";
import { formatBytes, formatDurationMs } from "../../lib/units.ts";
import { fail, pass, unknown } from "../answers.ts";
import { byHand } from "../predict.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

/**
 * Bytes and the age of the last reply tell; the lag columns stand still at their last quick value,
 * and the state stays `streaming`.
 */
export const standbyFrozen = defineRule({
  id: "standby-frozen",
  asks: "Is a standby connected that does not move any more?",
  needs: ["pg-replication"],
  sources: [
    "https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-REPLICATION-VIEW",
    "https://www.postgresql.org/docs/current/runtime-config-replication.html#GUC-WAL-SENDER-TIMEOUT",
  ],
  explainedBy: [],

  judge(evidence) {
    const links = standbyLinks(evidence);
    if (links === null) return unknown("pg-replication is not in the record.");
    const seen = links.map((link) => ({ link, ...silenceOf(link) }));
    const frozen = seen.find(isFrozen);
    const [first] = seen;
    if (frozen !== undefined) return failFor(evidence, frozen);
    const stuck = stuckReplay(evidence);
    if (stuck !== null) return stuck;
    if (first === undefined) return pass("No standby is connected.");
    const longest = seen.reduce((most, one) => (one.silentMs > most.silentMs ? one : most), first);
    return pass(
      `${longest.link.application} answered ${formatDurationMs(longest.silentMs)} ago.`,
      itemsOf(longest),
    );
  },
});

interface Silence {
  readonly link: StandbyLink;
  /** Age of its last reply at the end of the window. */
  readonly silentMs: number;
  /** WAL that it has not confirmed as durable. */
  readonly behindBytes: number;
  readonly grownBytes: number;
}

/** One that has confirmed nothing since it connected is judged by what was sent to it, and by how long it was seen. */
function silenceOf(link: StandbyLink): Omit<Silence, "link"> {
  const reply = lastLevel(link.series("replyAgeMs"));
  const behind = link.series(reply === null ? "sentLagBytes" : "flushLagBytes");
  const behindBytes = lastLevel(behind) ?? 0;
  return {
    silentMs: reply ?? seenForMs(link),
    behindBytes,
    grownBytes: behindBytes - (firstLevel(behind) ?? 0),
  };
}

/** Time from its first sample to its last. */
function seenForMs(link: StandbyLink): number {
  const { t, v } = link.series("sentLagBytes") ?? { t: [], v: [] };
  const seen = t.filter((_, i) => v[i] !== null);
  return seen.length === 0 ? 0 : seen.at(-1)! - seen[0]!;
}

function isFrozen({ silentMs, behindBytes, grownBytes }: Silence): boolean {
  const hasWork = behindBytes >= FROZEN.behindBytesMin && grownBytes > 0;
  return hasWork ? silentMs >= FROZEN.silentMs : silentMs >= FROZEN.silentIdleMs;
}

function failFor(evidence: Evidence, silence: Silence) {
  const { link, silentMs, behindBytes } = silence;
  const isSilent = silentServers(evidence, FROZEN.silentMs).length > 0;
  const isUnheard = standbysRead(evidence).some(
    (on) =>
      (lastLevel(evidence.series("pg-wal-receiver", "messageReceiptAgeMs", on)) ?? 0) >=
      FROZEN.silentMs,
  );
  const isBehind = behindBytes >= FROZEN.behindBytesMin;
  return fail({
    because:
      `${link.application} has not answered for ${formatDurationMs(silentMs)} although it is ` +
      `connected; ${formatBytes(behindBytes)} of WAL came up meanwhile.`,
    evidence: itemsOf(silence),
    // Silence and bytes are two signals; the standby's own side is a third.
    confidence: isBehind || isSilent || isUnheard ? "confirmed" : "suspected",
    advice: ADVICE,
    refutedBy: "Its `reply_time` moves on while WAL is written.",
    experiment: byHand("that standby awake again"),
    weight: 0.9,
  });
}

const ADVICE =
  "Look at the machine and the processes of the standby (stopped, swapping, its volume gone) and at " +
  "the network to it. Lower `wal_sender_timeout` so that such a standby is dropped sooner. A " +
  "synchronous one holds up every commit; with `max_slot_wal_keep_size` it can hold up checkpoints.";

/** The receiver works, and the replaying process claims to have nothing to do while WAL piles up. */
function stuckReplay(evidence: Evidence) {
  const stuck = replaysOf(evidence)?.find(
    ({ on, work, behindBytes, isPaused, replayedPerS }) =>
      on !== null &&
      !isPaused &&
      work !== null &&
      work.busyShare < FROZEN.replayBusyShareMax &&
      replayedPerS === 0 &&
      (behindBytes ?? 0) >= FROZEN.behindBytesMin,
  );
  if (stuck === undefined) return null;
  const { name, behindBytes } = stuck;
  const received = ratePerS(evidence.series("pg-recovery", "receiveLsnBytes", stuck.on!));
  return fail({
    because: `Replay on ${name} stands still with ${formatBytes(behindBytes!)} of WAL to replay.`,
    evidence: [
      { name: "standby", value: name, unit: "text", how: "fact", from: "pg-recovery" },
      {
        name: "WAL there that is not replayed",
        value: behindBytes,
        unit: "bytes",
        how: "median",
        from: "pg-recovery",
        threshold: FROZEN.behindBytesMin,
      },
      {
        name: "received",
        value: received,
        unit: "bytes/s",
        how: "mean",
        from: "pg-recovery/receiveLsnBytes",
      },
      {
        name: "replayed",
        value: 0,
        unit: "bytes/s",
        how: "mean",
        from: "pg-recovery/replayLsnBytes",
      },
    ],
    confidence: "suspected",
    advice: ADVICE,
    refutedBy: "Its `pg_last_wal_replay_lsn()` moves on.",
    experiment: byHand("that standby awake again"),
    weight: 0.8,
  });
}

function itemsOf({ link, silentMs, behindBytes, grownBytes }: Silence): EvidenceItem[] {
  return [
    { name: "standby", value: link.application, unit: "text", how: "fact", from: "pg-replication" },
    {
      name: "since its last answer",
      value: silentMs,
      unit: "ms",
      how: "timed",
      from: "pg-replication/replyAgeMs",
      threshold: FROZEN.silentMs,
    },
    {
      name: "WAL that it has not confirmed",
      value: behindBytes,
      unit: "bytes",
      how: "last",
      from: "pg-replication/flushLagBytes, pg-replication/sentLagBytes",
      threshold: FROZEN.behindBytesMin,
    },
    {
      name: "more than at the start",
      value: grownBytes,
      unit: "bytes",
      how: "growth",
      from: "pg-replication/flushLagBytes",
    },
    {
      name: "flush lag by its column (may stand still)",
      value: lastLevel(link.series("flushLagMs")),
      unit: "ms",
      how: "last",
      from: "pg-replication/flushLagMs",
    },
    {
      name: "least age of an answer",
      value: minLevel(link.series("replyAgeMs")),
      unit: "ms",
      how: "lowest",
      from: "pg-replication/replyAgeMs",
    },
  ];
}
