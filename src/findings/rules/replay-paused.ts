import { replaysOf, standsStill } from "../../analysis/replay.ts";
import { REPLAY } from "../../analysis/thresholds.ts";
import { formatBytes } from "../../lib/units.ts";
import { fail, pass, unknown } from "../answers.ts";
import { replayItems } from "../replay-items.ts";
import { byHand } from "../predict.ts";
import { defineRule } from "../rule.ts";

export const replayPaused = defineRule({
  id: "replay-paused",
  asks: "Is replay paused on a standby?",
  needs: ["pg-recovery"],
  sources: [
    "https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-RECOVERY-CONTROL-TABLE",
  ],
  explainedBy: [],

  judge(evidence) {
    const replays = replaysOf(evidence);
    if (replays === null) return unknown("pg-recovery is not in the record.");
    if (replays.length === 0) return pass("There is no standby.");
    const read = replays.filter(({ on }) => on !== null);
    const still = replays.find((one) => one.on === null && standsStill(one));
    if (read.length === 0 && still !== undefined) {
      return fail({
        because:
          `Replay stands still on ${still.name}, with ${formatBytes(still.behindBytes ?? 0)} of WAL ` +
          "that waits for it while more comes in. It is paused, held up by a query there, or delayed on " +
          "purpose (`recovery_min_apply_delay`).",
        evidence: replayItems(still),
        confidence: "suspected",
        advice:
          "Name the standby (`--standby`) to see which; there, `pg_get_wal_replay_pause_state()` tells. " +
          "`select pg_wal_replay_resume()` ends a pause.",
        refutedBy: "`pg_get_wal_replay_pause_state()` there says `not paused`.",
        experiment: byHand("`pg_wal_replay_resume()` on it"),
        weight: 0.8,
      });
    }
    if (read.length === 0) {
      return unknown("Only the standby shows whether it is paused: name it, too.");
    }
    const paused = read.find(
      (one) => one.isPaused && (one.pausedShare ?? 0) >= REPLAY.pausedShareMin,
    );
    if (paused === undefined) return pass("No standby is paused.", replayItems(read[0]!));
    const { name, behindBytes, work } = paused;
    return fail({
      because:
        `Replay is paused on ${name}` +
        (behindBytes === null
          ? "."
          : `, with ${formatBytes(behindBytes)} of WAL that waits for it.`),
      evidence: replayItems(paused),
      confidence: (work?.pausedShare ?? 0) >= REPLAY.pausedShareMin ? "confirmed" : "suspected",
      advice:
        "`select pg_wal_replay_resume()` there, once it is known who paused it and why; after a " +
        "parameter was lowered below the primary's, raise it and restart the standby instead.",
      refutedBy: "`pg_get_wal_replay_pause_state()` there says `not paused`.",
      experiment: byHand("`pg_wal_replay_resume()` on it"),
      weight: 0.85,
    });
  },
});
