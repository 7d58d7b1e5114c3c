import type { Evidence } from "../../analysis/evidence.ts";
import { cpuUse } from "../../analysis/cpu-use.ts";
import { replaysOf, standsStill, type Replay } from "../../analysis/replay.ts";
import { HOST_FULL_SHARE, REPLAY } from "../../analysis/thresholds.ts";
import { formatBytes, formatDurationMs } from "../../lib/units.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { isHeldUpByQueries, replayItems, tellStarved } from "../replay-items.ts";
import { byHand } from "../predict.ts";
import { defineRule } from "../rule.ts";

export const replayBound = defineRule({
  id: "replay-bound",
  asks: "Does a standby receive WAL faster than its one replaying process can replay it?",
  needs: ["pg-replication", "pg-recovery"],
  sources: [
    "https://www.postgresql.org/docs/current/hot-standby.html",
    "https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-RECOVERY-PREFETCH",
  ],
  explainedBy: ["replay-paused", "standby-frozen"],

  judge(evidence) {
    const replays = replaysOf(evidence);
    if (replays === null)
      return unknown("Neither pg-replication nor pg-recovery is in the record.");
    const worst = replays.reduce<Replay | null>(
      (most, one) =>
        most === null || (one.behindBytes ?? 0) > (most.behindBytes ?? 0) ? one : most,
      null,
    );
    if (worst === null) return pass("There is no standby.");
    const { name, behindBytes, behindShare, behindMs, replayedPerS, work } = worst;
    const items = replayItems(worst);
    if (behindBytes === null) return unknown(`How far ${name} has replayed is not known.`, items);
    const behind =
      `${name} has ${formatBytes(behindBytes)} of WAL that it has not replayed` +
      (behindMs === null ? "" : `, ${formatDurationMs(behindMs)} of writing`);
    if (behindShare < REPLAY.persistentShareMin) return pass(`${behind}.`, items);
    if ((worst.pausedShare ?? 0) >= REPLAY.pausedShareMin || worst.isPaused) {
      return pass(`${behind}, since replay is paused: see replay-paused.`, items);
    }
    if ((work?.delayedShare ?? 0) >= REPLAY.delayedShareMin) {
      return pass(`${behind}, on purpose: \`recovery_min_apply_delay\`.`, items);
    }
    if (isHeldUpByQueries(worst)) {
      return pass(`${behind}, since it waits for queries: see replay-conflict.`, items);
    }
    if (replayedPerS === null || replayedPerS <= 0 || (work === null && standsStill(worst))) {
      return unknown(`${behind}, and replay stands still; why, only the standby shows.`, items);
    }
    if (work === null && !worst.isGrowing) {
      const keeps = `${behind}, and not more as time goes on: perhaps \`recovery_min_apply_delay\`.`;
      return unknown(`${keeps} Only the standby shows it: name it, too.`, items);
    }
    // A process that is stopped at its quota goes on being seen in the wait that it was in.
    const isStarved = (worst.starvedShare ?? 0) >= REPLAY.starvedShareMin;
    const isBusy = (work?.busyShare ?? 0) >= REPLAY.busyShareMin;
    if (work !== null && !isBusy && !isStarved) {
      const idle = `its replaying process has work only ${percent(work.busyShare)} of the time`;
      return unknown(`${behind}, but ${idle}.`, items);
    }
    const hostBusyShare = busyShareAt(evidence, worst);
    const full =
      hostBusyShare !== null && hostBusyShare >= HOST_FULL_SHARE
        ? ` Its host's CPU is ${percent(hostBusyShare)} busy.`
        : "";
    return fail({
      because: `${behind}; replay takes ${formatBytes(replayedPerS)}/s.${tellStarved(worst.starvedShare)}${full}`,
      evidence: items,
      confidence: isBusy || isStarved ? "confirmed" : "suspected",
      advice:
        "Replay is one process: give the standby a faster core (look at its CPU limit, too) and disk; " +
        "write fewer full-page images and indexes; see that `recovery_prefetch` is on and raise " +
        "`maintenance_io_concurrency`. Until then reads there are old, and a failover takes longer.",
      refutedBy: "Under the same load what is not replayed shrinks.",
      experiment: byHand("a faster core and disk for that standby"),
      weight: 0.8,
    });
  },
});

/** Of the standby's host; `null`, too, where it was not read, and there are several. */
function busyShareAt(evidence: Evidence, { on }: Replay): number | null {
  if (on === null) return evidence.hasManyHosts ? null : cpuUse(evidence).hostBusyShare;
  return cpuUse(evidence, evidence.hostOf(on)).hostBusyShare;
}
