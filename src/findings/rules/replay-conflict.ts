import { increase } from "../../analysis/counters.ts";
import type { Evidence } from "../../analysis/evidence.ts";
import { samplesOf } from "../../analysis/gauges.ts";
import { replaysOf, type Replay } from "../../analysis/replay.ts";
import { REPLAY } from "../../analysis/thresholds.ts";
import { formatNumber } from "../../lib/units.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { replayItems } from "../replay-items.ts";
import { byHand } from "../predict.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

export const replayConflict = defineRule({
  id: "replay-conflict",
  asks: "Do queries on a standby and its replay get in one another's way?",
  needs: ["pg-recovery", "pg-waits"],
  sources: [
    "https://www.postgresql.org/docs/current/hot-standby.html#HOT-STANDBY-CONFLICT",
    "https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-DATABASE-CONFLICTS-VIEW",
  ],
  explainedBy: ["replay-paused"],

  judge(evidence) {
    const replays = replaysOf(evidence);
    if (replays === null) return unknown("pg-recovery is not in the record.");
    if (replays.length === 0) return pass("There is no standby.");
    const read = replays.filter(({ on }) => on !== null);
    if (read.length === 0) {
      return unknown("Only the standby shows what its replay waits for: name it, too.");
    }
    const seen = read.map((replay) => ({ replay, ...cancelledOn(evidence, replay.on!) }));
    const share = ({ work }: Replay) => work?.conflictShare ?? 0;
    const worst = seen.reduce((most, one) =>
      share(one.replay) + (one.others ?? 0) > share(most.replay) + (most.others ?? 0) ? one : most,
    );
    const { replay, others, own } = worst;
    const waitShare = share(replay);
    const items: EvidenceItem[] = [
      ...replayItems(replay),
      {
        name: "queries cancelled for replay",
        value: others,
        unit: "count",
        how: "total",
        from: "pg-recovery/conflictLock, conflictSnapshot, conflictBufferPin, …",
        threshold: 1,
      },
      {
        name: "queries of the observer's own cancelled, which do not count",
        value: own,
        unit: "count",
        how: "total",
        from: "sampler-conflicts/ended",
      },
    ];
    const cancelled =
      others === null || others === 0
        ? "no query was cancelled for it"
        : `${formatNumber(others)} ${others === 1 ? "query was" : "queries were"} cancelled for it`;
    if (waitShare >= REPLAY.conflictShareMin) {
      const isBehind = replay.behindShare > 0 || (replay.replayedPerS ?? 0) === 0;
      return fail({
        because: `On ${replay.name} replay waits for queries ${percent(waitShare)} of the time, and ${cancelled}.`,
        evidence: items,
        confidence: (others ?? 0) > 0 || isBehind ? "confirmed" : "suspected",
        advice: ADVICE,
        refutedBy: "Without the long queries on that standby replay stands still as often.",
        experiment: byHand("the long queries on that standby ended"),
        weight: waitShare,
      });
    }
    if (replay.work === null && others === null) {
      return unknown(`What replay on ${replay.name} waits for was not seen.`, items);
    }
    if ((others ?? 0) === 0) {
      return pass(`On ${replay.name} replay hardly waits for queries, and ${cancelled}.`, items);
    }
    // Whoever asked lost the answer, but replay does not wait: it explains nothing that is slow.
    return fail({
      because: `Replay on ${replay.name} cancelled ${formatNumber(others!)} ${others === 1 ? "query" : "queries"}. It hardly waits for queries itself.`,
      evidence: items,
      confidence: "suspected",
      advice: ADVICE,
      refutedBy:
        "The clients of that standby saw no `canceling statement due to conflict with recovery`.",
      experiment: byHand("the long queries on that standby ended"),
      weight: waitShare,
      kind: "aside",
    });
  },
});

const ADVICE =
  "Send long reports to a standby of their own with a longer `max_standby_streaming_delay`, or " +
  "switch `hot_standby_feedback` on (the primary then keeps dead rows for them); take strong " +
  "locks (`alter table`, `vacuum full`, `truncate`) when nobody reads there.";

const CONFLICTS = [
  "conflictTablespace",
  "conflictLock",
  "conflictSnapshot",
  "conflictBufferPin",
  "conflictDeadlock",
] as const;

interface Cancelled {
  /** By others than the observer; `null` where not counted. */
  readonly others: number | null;
  readonly own: number;
}

/** The server counts all of them; those that were pgdyno's own are taken off, since it made them itself. */
function cancelledOn(evidence: Evidence, on: string): Cancelled {
  const all = CONFLICTS.reduce<number | null>((sum, name) => {
    const more = increase(evidence.series("pg-recovery", name, on));
    return more === null ? sum : (sum ?? 0) + more;
  }, null);
  const own = samplesOf(evidence.series("sampler-conflicts", "ended", on)).reduce(
    (sum, one) => sum + one,
    0,
  );
  return { others: all === null ? null : Math.max(0, all - own), own };
}
