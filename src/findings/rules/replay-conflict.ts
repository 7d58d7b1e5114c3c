import { increase } from "../../analysis/counters.ts";
import type { Evidence } from "../../analysis/evidence.ts";
import { replaysOf, type Replay } from "../../analysis/replay.ts";
import { REPLAY } from "../../analysis/thresholds.ts";
import { formatNumber } from "../../lib/units.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { replayItems } from "../replay-items.ts";
import { byHand } from "../predict.ts";
import { defineRule } from "../rule.ts";

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
    const seen = read.map((replay) => ({ replay, cancelled: cancelledOn(evidence, replay.on!) }));
    const share = ({ work }: Replay) => work?.conflictShare ?? 0;
    const worst = seen.reduce((most, one) =>
      share(one.replay) + (one.cancelled ?? 0) > share(most.replay) + (most.cancelled ?? 0)
        ? one
        : most,
    );
    const { replay, cancelled } = worst;
    const waitShare = share(replay);
    const items = [
      ...replayItems(replay),
      {
        name: "queries cancelled for replay",
        value: cancelled,
        unit: "count",
        from: "pg-recovery/conflictLock, conflictSnapshot, conflictBufferPin, …",
        threshold: 1,
      },
    ];
    const isWaiting = waitShare >= REPLAY.conflictShareMin;
    const count = cancelled ?? 0;
    const because =
      `On ${replay.name} replay waits for queries ${percent(waitShare)} of the time, and ` +
      `${formatNumber(count)} were cancelled for it.`;
    if (!isWaiting && count === 0) {
      return replay.work === null && cancelled === null
        ? unknown(`What replay on ${replay.name} waits for was not seen.`, items)
        : pass(because, items);
    }
    const isBehind = replay.behindShare > 0 || (replay.replayedPerS ?? 0) === 0;
    return fail({
      because,
      evidence: items,
      confidence: isWaiting && (count > 0 || isBehind) ? "confirmed" : "suspected",
      advice:
        "Send long reports to a standby of their own with a longer `max_standby_streaming_delay`, or " +
        "switch `hot_standby_feedback` on (the primary then keeps dead rows for them); take strong " +
        "locks (`alter table`, `vacuum full`, `truncate`) when nobody reads there.",
      refutedBy: "Without the long queries on that standby replay stands still as often.",
      experiment: byHand("the long queries on that standby ended"),
      weight: isWaiting ? 0.85 : 0.5,
    });
  },
});

const CONFLICTS = [
  "conflictTablespace",
  "conflictLock",
  "conflictSnapshot",
  "conflictBufferPin",
  "conflictDeadlock",
] as const;

function cancelledOn(evidence: Evidence, on: string): number | null {
  return CONFLICTS.reduce<number | null>((sum, name) => {
    const more = increase(evidence.series("pg-recovery", name, on));
    return more === null ? sum : (sum ?? 0) + more;
  }, null);
}
