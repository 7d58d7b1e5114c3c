import { activeSessions, sessionsIn, shareIn } from "../../analysis/aas.ts";
import { cpuUse } from "../../analysis/cpu-use.ts";
import { sampledSyncs, walSyncs } from "../../analysis/wal.ts";
import { formatNumber } from "../../lib/units.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

/** Only one process syncs at a time: from here the device has hardly a pause. */
const BUSY_MIN = 0.8;
/** Share of the active time in syncing or in the queue behind it. */
const SHARE_MIN = 0.5;
/** Sessions that queue behind the one that syncs; without a queue it is latency, not a limit. */
const QUEUED_MIN = 0.5;
/** Below it a sync is that of a quick device that group commit keeps busy: more clients get more. */
const SYNC_MS_MIN = 1;
/** etcd's rule for a log device: above it the device is unfit or held back. */
const SYNC_MS_SLOW = 10;
/** A host without CPU to spare prolongs every wait; only a slow sync is the device's then. */
const HOST_FULL_SHARE = 0.9;
const SYNC_MS_DESPITE_FULL_CPU = 5;

export const walDeviceLimited = defineRule({
  id: "wal-device-limited",
  asks: "Is the device that holds the WAL busy all the time, with transactions queueing for it?",
  needs: ["pg-waits", "pg-wal"],
  sources: [
    "https://www.postgresql.org/docs/current/wal-configuration.html",
    "https://www.ibm.com/think/insights/using-fio-to-tell-whether-your-storage-is-fast-enough-for-etcd",
  ],
  explainedBy: ["storage-level-dropped"],

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
        from: "pg-waits/sessions",
        threshold: BUSY_MIN,
      },
      {
        name: "sessions that queue for the WAL",
        value: queued,
        unit: "count",
        from: "pg-waits/sessions",
        threshold: QUEUED_MIN,
      },
      {
        name: "active time in commits",
        value: share,
        unit: "ratio",
        from: "pg-waits/sessions",
        threshold: SHARE_MIN,
      },
      {
        name: "mean time of a WAL sync",
        value: syncs.meanMs,
        unit: "ms",
        from: syncs.isTimed ? "pg-wal/walSyncMs" : "pg-waits/sessions, pg-wal/walSyncs",
        threshold: SYNC_MS_MIN,
      },
      { name: "WAL syncs", value: syncs.perS, unit: "per s", from: "pg-wal/walSyncs" },
    ];
    if (sampled < BUSY_MIN || queued < QUEUED_MIN || share < SHARE_MIN) {
      return pass(
        `A process syncs WAL ${percent(Math.min(1, sampled))} of the time, and ` +
          `${formatNumber(queued)} sessions queue for it.`,
        items,
      );
    }
    const syncMs = syncs.meanMs;
    if (syncMs === null) return unknown("How long a sync of the WAL takes is not known.", items);
    if (syncMs < SYNC_MS_MIN) {
      return pass(`A sync takes only ${formatNumber(syncMs)} ms.`, items);
    }
    const isHostFull = hostBusyShare !== null && hostBusyShare >= HOST_FULL_SHARE;
    if (isHostFull && syncMs < SYNC_MS_DESPITE_FULL_CPU) {
      return unknown(
        `The WAL is synced without a pause, but the host's CPU is full (${percent(hostBusyShare)}), ` +
          "which prolongs every wait.",
        items,
      );
    }
    const isConfirmed = (syncs.isTimed && syncs.busy >= BUSY_MIN) || syncMs >= SYNC_MS_SLOW;
    return fail({
      because:
        `The WAL is synced without a pause, ${formatNumber(syncMs)} ms each, while ` +
        `${formatNumber(queued)} sessions queue for their turn.`,
      evidence: items,
      confidence: isConfirmed ? "confirmed" : "suspected",
      advice:
        "Give the volume more IOPS or put `pg_wal` on a faster one of its own; compare the sync time " +
        "with that of the idle device and with the limit of its storage class.",
      refutedBy:
        "The same load with `synchronous_commit = off` is not clearly faster, or the idle device " +
        "takes as long for a sync.",
      weight: share,
    });
  },
});
