import { tellCpu } from "../../analysis/tell-host.ts";
import { activeSessions, idleShare, sessionsIn, shareIn } from "../../analysis/aas.ts";
import { cpuUse } from "../../analysis/cpu-use.ts";
import {
  COMMIT_LATENCY,
  HOST_FULL_SHARE,
  IDLE_SESSIONS_SHARE_MAX,
} from "../../analysis/thresholds.ts";
import { walSyncs } from "../../analysis/wal.ts";
import { formatNumber } from "../../lib/units.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { fasterBy, setting } from "../predict.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

export const commitLatency = defineRule({
  id: "commit-latency",
  asks: "Do transactions spend their time waiting for the WAL to become durable?",
  needs: ["pg-waits", "pg-wal"],
  sources: [
    "https://www.postgresql.org/docs/current/wal-async-commit.html",
    "https://www.postgresql.org/docs/current/monitoring-stats.html#WAIT-EVENT-IO-TABLE",
  ],
  explainedBy: ["wal-device-limited"],
  kind: "limit",
  isOfLastLevel: true,

  judge(evidence) {
    const active = activeSessions(evidence);
    if (active === null) return unknown("pg-waits has too few samples.");
    const share = shareIn(active, "IO:WALSync", "LWLock:WALWrite");
    const queued = sessionsIn(active, "LWLock:WALWrite");
    const syncs = walSyncs(evidence);
    const items: EvidenceItem[] = [
      {
        name: "active time in commits",
        value: share,
        unit: "ratio",
        how: "mean",
        from: "pg-waits/sessions",
        threshold: COMMIT_LATENCY.commitShareMin,
      },
      {
        name: "active sessions",
        value: active.total,
        unit: "count",
        how: "mean",
        from: "pg-waits/sessions",
        threshold: COMMIT_LATENCY.activeMin,
      },
      {
        name: "mean time of a WAL sync",
        value: syncs?.meanMs ?? null,
        unit: "ms",
        how: "mean",
        from: syncs?.isTimed === true ? "pg-wal/walSyncMs" : "pg-waits/sessions, pg-wal/walSyncs",
        threshold: COMMIT_LATENCY.syncMsMax,
      },
    ];
    if (share < COMMIT_LATENCY.commitShareMin || active.total < COMMIT_LATENCY.activeMin) {
      return pass(
        `${percent(share)} of ${formatNumber(active.total)} active sessions wait for commits.`,
        items,
      );
    }
    const syncMs = syncs?.meanMs ?? null;
    if (syncMs === null) {
      return unknown(
        `${percent(share)} of the active time is in commits, but the time of a sync is not known.`,
        items,
      );
    }
    if (syncMs <= COMMIT_LATENCY.syncMsMax) {
      return pass(
        `Commits are ${percent(share)} of the active time, but a sync takes only ${formatNumber(syncMs)} ms.`,
        items,
      );
    }
    const idle = idleShare(active);
    if (evidence.trial === null && idle > IDLE_SESSIONS_SHARE_MAX) {
      return unknown(
        `A sync takes ${formatNumber(syncMs)} ms, but ${percent(idle)} of the sessions are idle: ` +
          "whether anybody is held back does not show.",
        items,
      );
    }
    if (queued > COMMIT_LATENCY.queuedMax && syncs!.busy >= COMMIT_LATENCY.busyMax) {
      return pass("The WAL device is busy all the time: see wal-device-limited.", items);
    }
    const hostBusyShare = cpuUse(evidence).hostBusyShare;
    const isHostFull = hostBusyShare !== null && hostBusyShare >= HOST_FULL_SHARE;
    if (isHostFull && syncMs < COMMIT_LATENCY.syncMsDespiteFullCpu) {
      return unknown(
        `A sync takes ${formatNumber(syncMs)} ms, but ${tellCpu(evidence)} is full ` +
          `(${percent(hostBusyShare)}), which prolongs every wait.`,
        items,
      );
    }
    return fail({
      because:
        `${percent(share)} of the active time is spent on making commits durable; one sync of the ` +
        `WAL takes ${formatNumber(syncMs)} ms.`,
      evidence: items,
      confidence: "confirmed",
      advice:
        "Put the WAL on a device with faster syncs, or let more clients commit at once, so that one " +
        "sync serves many; group small transactions into larger ones. Where the loss of the last " +
        "moments is acceptable, `synchronous_commit = off` for just those transactions.",
      refutedBy: "The same load with `synchronous_commit = off` is not clearly faster.",
      weight: share,
      experiment: setting("synchronous_commit", "off", fasterBy(share)),
    });
  },
});
