import { activeSessions, sessionsIn, shareIn } from "../../analysis/aas.ts";
import { cpuUse } from "../../analysis/cpu-use.ts";
import { sampledSyncs, walSyncs } from "../../analysis/wal.ts";
import { tellCpu } from "../../analysis/tell-host.ts";
import { HOST_FULL_SHARE, WAL_DEVICE_LIMITED } from "../../analysis/thresholds.ts";
import { formatNumber } from "../../lib/units.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { fasterBy, setting } from "../predict.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

export const walDeviceLimited = defineRule({
  id: "wal-device-limited",
  asks: "Is the device that holds the WAL busy all the time, with transactions queueing for it?",
  needs: ["pg-waits", "pg-wal"],
  sources: [
    "https://www.postgresql.org/docs/current/wal-configuration.html",
    "https://www.ibm.com/think/insights/using-fio-to-tell-whether-your-storage-is-fast-enough-for-etcd",
  ],
  explainedBy: ["storage-level-dropped"],
  kind: "limit",
  isOfLastLevel: true,

  judge(evidence) {
    const active = activeSessions(evidence);
    const syncs = walSyncs(evidence);
    const sampled = sampledSyncs(evidence);
    if (active === null || syncs === null || sampled === null) {
      return unknown("pg-waits has too few samples.");
    }
    const share = shareIn(active, "IO:WALSync", "LWLock:WALWrite");
    const queued = sessionsIn(active, "LWLock:WALWrite");
    const hostBusyShare = cpuUse(evidence).hostBusyShare;
    const items: EvidenceItem[] = [
      {
        name: "processes in a WAL sync",
        value: sampled,
        unit: "count",
        how: "mean",
        from: "pg-waits/sessions",
        threshold: WAL_DEVICE_LIMITED.busyMin,
      },
      {
        name: "sessions that queue for the WAL",
        value: queued,
        unit: "count",
        how: "mean",
        from: "pg-waits/sessions",
        threshold: WAL_DEVICE_LIMITED.queuedMin,
      },
      {
        name: "active time in commits",
        value: share,
        unit: "ratio",
        how: "mean",
        from: "pg-waits/sessions",
        threshold: WAL_DEVICE_LIMITED.shareMin,
      },
      {
        name: "mean time of a WAL sync",
        value: syncs.meanMs,
        unit: "ms",
        how: "mean",
        from: syncs.isTimed ? "pg-wal/walSyncMs" : "pg-waits/sessions, pg-wal/walSyncs",
        threshold: WAL_DEVICE_LIMITED.syncMsMin,
      },
      { name: "WAL syncs", value: syncs.perS, unit: "per s", how: "mean", from: "pg-wal/walSyncs" },
    ];
    const isLongQueue =
      share >= WAL_DEVICE_LIMITED.queueShareMin &&
      queued >= WAL_DEVICE_LIMITED.queueLongMin &&
      (syncs.meanMs ?? 0) >= WAL_DEVICE_LIMITED.syncMsSlow;
    const busyMin = isLongQueue
      ? WAL_DEVICE_LIMITED.busyBehindQueueMin
      : WAL_DEVICE_LIMITED.busyMin;
    if (
      sampled < busyMin ||
      queued < WAL_DEVICE_LIMITED.queuedMin ||
      share < WAL_DEVICE_LIMITED.shareMin
    ) {
      return pass(
        `A process syncs WAL ${percent(Math.min(1, sampled))} of the time, and ` +
          `${formatNumber(queued)} sessions queue for it.`,
        items,
      );
    }
    const syncMs = syncs.meanMs;
    if (syncMs === null) return unknown("How long a sync of the WAL takes is not known.", items);
    if (syncMs < WAL_DEVICE_LIMITED.syncMsMin) {
      return pass(`A sync takes only ${formatNumber(syncMs)} ms.`, items);
    }
    const isHostFull = hostBusyShare !== null && hostBusyShare >= HOST_FULL_SHARE;
    if (isHostFull && syncMs < WAL_DEVICE_LIMITED.syncMsDespiteFullCpu) {
      return unknown(
        `The WAL is synced without a pause, but ${tellCpu(evidence)} is full (${percent(hostBusyShare)}), ` +
          "which prolongs every wait.",
        items,
      );
    }
    const isConfirmed =
      (syncs.isTimed && syncs.busy >= WAL_DEVICE_LIMITED.busyMin) ||
      syncMs >= WAL_DEVICE_LIMITED.syncMsSlow;
    return fail({
      because:
        `The WAL is synced ${sampled < WAL_DEVICE_LIMITED.busyMin ? "nearly " : ""}without a pause, ${formatNumber(syncMs)} ms each, while ` +
        `${formatNumber(queued)} sessions queue for their turn.`,
      evidence: items,
      confidence: isConfirmed ? "confirmed" : "suspected",
      advice:
        "Give the volume more IOPS or put `pg_wal` on a faster one of its own; compare the sync time " +
        "with that of the idle device and with the limit of its storage class.",
      refutedBy:
        "The same load with `synchronous_commit = off` is not clearly faster, or the idle device " +
        "takes as long for a sync.",
      experiment: setting("synchronous_commit", "off", fasterBy(share)),
      weight: share,
    });
  },
});
