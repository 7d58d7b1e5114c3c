import type { Evidence } from "../../analysis/evidence.ts";
import { lastLevel, meanLevel, samplesOf } from "../../analysis/gauges.ts";
import { CHECKPOINTER } from "../../analysis/thresholds.ts";
import { formatBytes, formatDurationMs } from "../../lib/units.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { byHand } from "../predict.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

export const checkpointerStuck = defineRule({
  id: "checkpointer-stuck",
  asks: "Does the checkpointer wait for something that is not its own work?",
  needs: ["pg-waits"],
  sources: [
    "https://www.postgresql.org/docs/current/monitoring-stats.html#WAIT-EVENT-IPC-TABLE",
    "https://www.postgresql.org/docs/current/runtime-config-logging.html#GUC-LOG-CHECKPOINTS",
  ],
  explainedBy: ["standby-frozen"],

  judge(evidence) {
    const waits = waitsOfCheckpointer(evidence);
    if (waits === null) return unknown("The checkpointer's waits were not sampled.");
    const [event, share] = waits.worst;
    const stuckMs = share * (evidence.endMs - evidence.startMs);
    const unexplained = unexplainedCheckpoint(evidence);
    const since = walSinceCheckpoint(evidence);
    const maxWal = evidence.settingBytes("max_wal_size");
    const isOverdue =
      since !== null && maxWal !== null && since > CHECKPOINTER.overdueTimes * maxWal;
    const items: EvidenceItem[] = [
      {
        name: `time of the checkpointer in ${event}`,
        value: share,
        unit: "ratio",
        how: "mean",
        from: "pg-waits/sessions",
        threshold: CHECKPOINTER.stuckShareMin,
      },
      {
        name: "sessions that wait for a checkpoint",
        value: waits.waiters,
        unit: "count",
        how: "mean",
        from: "pg-waits/sessions",
      },
      {
        name: "WAL since the last checkpoint began",
        value: since,
        unit: "bytes",
        how: "last",
        from: "pg-wal/lsnBytes, pg-checkpoints/lastRedoLsnBytes",
        ...(maxWal === null ? {} : { threshold: 1.5 * maxWal }),
      },
      {
        name: "time of a checkpoint beside writing and syncing",
        value: unexplained,
        unit: "ms",
        how: "timed",
        from: "the server's log",
        threshold: CHECKPOINTER.unexplainedMs,
      },
    ];
    const isStuck = share >= CHECKPOINTER.stuckShareMin && stuckMs >= CHECKPOINTER.stuckMs;
    if (!isStuck && unexplained === null) {
      return pass("The checkpointer rests, or does its own work.", items);
    }
    if (!isStuck) {
      // Time that is left over is nobody's: a process that gets no CPU takes it as well as one that waits.
      return unknown(
        `A checkpoint took ${formatDurationMs(unexplained!)} beside writing and syncing; what for was not seen.`,
        items,
      );
    }
    return fail({
      because: `The checkpointer has been in ${event} ${percent(share)} of the time.`,
      evidence: items,
      confidence:
        isOverdue || waits.waiters > 0 || unexplained !== null || isSlotDrop(event)
          ? "confirmed"
          : "suspected",
      advice:
        "See which slot or process it waits for: with `ReplicationSlotDrop` end the sender's process " +
        "or bring its frozen standby back. Until then no WAL is recycled" +
        (since === null ? "." : ` (${formatBytes(since)} since the last checkpoint).`),
      refutedBy: "The next checkpoint ends while that wait goes on.",
      experiment: byHand("what the checkpointer waits for ended"),
      weight: 0.85,
    });
  },
});

/** Rest, input and output, and the queue of all that write WAL. */
const OWN_WORK = /^(?:Activity|Timeout|IO|CPU|LWLock:WALWrite$)/i;

/** It waits for a walsender to let go of a slot: nothing else is ever waited for there. */
function isSlotDrop(event: string): boolean {
  return event === "IPC:ReplicationSlotDrop";
}

/** The wait in which it was longest, of those that are neither rest nor input and output. */
function waitsOfCheckpointer(evidence: Evidence) {
  const sampled = evidence.keyed("pg-waits", "sessions");
  if (sampled === null) return null;
  let samples = 0;
  let worst: readonly [string, number] = ["a foreign wait", 0];
  let waiters = 0;
  for (const [key, series] of sampled) {
    if (/^IPC:Checkpoint(?:Done|Start)$/i.test(key)) waiters += meanLevel(series) ?? 0;
    if (!key.startsWith("checkpointer/")) continue;
    const event = key.slice("checkpointer/".length);
    const share = meanLevel(series) ?? 0;
    samples = Math.max(samples, samplesOf(series).length);
    if (OWN_WORK.test(event)) continue;
    if (share > worst[1]) worst = [event, share];
  }
  return samples === 0 ? null : { worst, waiters };
}

function walSinceCheckpoint(evidence: Evidence): number | null {
  const lsn = lastLevel(evidence.series("pg-wal", "lsnBytes"));
  const redo = lastLevel(evidence.series("pg-checkpoints", "lastRedoLsnBytes"));
  return lsn === null || redo === null ? null : lsn - redo;
}

/** Total less the phases, of the worst checkpoint in the log; `null` where none is out of order. */
function unexplainedCheckpoint(evidence: Evidence): number | null {
  let worst: number | null = null;
  for (const event of evidence.events) {
    if (event.kind !== "checkpoint" || event.phase !== "completed") continue;
    const seconds = (name: string) =>
      Number(new RegExp(`${name}=([\\d.]+) s`).exec(event.text)?.[1] ?? Number.NaN);
    const totalMs = seconds("total") * 1000;
    const restMs = totalMs - (seconds("write") + seconds("sync")) * 1000;
    const isOdd =
      restMs >= CHECKPOINTER.unexplainedMs && restMs >= CHECKPOINTER.unexplainedShareMin * totalMs;
    if (isOdd) worst = Math.max(worst ?? 0, restMs);
  }
  return worst;
}
