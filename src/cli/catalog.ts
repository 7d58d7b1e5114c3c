/**
 * Every part by name: the only list there is. Adding a part is its file, its test, and a line here.
 */
import type { Fault } from "../contracts/fault.ts";
import type { Probe } from "../contracts/probe.ts";
import type { Target } from "../contracts/target.ts";
import type { Undoer } from "../contracts/undoer.ts";
import type { Workload } from "../contracts/workload.ts";
import { archiveFailing as archiveFailingFault } from "../faults/archive/archive-failing.ts";
import { archiveHanging } from "../faults/archive/archive-hanging.ts";
import { archiveSlow } from "../faults/archive/archive-slow.ts";
import { freezePrimary } from "../faults/freeze/freeze-primary.ts";
import { freezeStandby } from "../faults/freeze/freeze-standby.ts";
import { freezeWalreceiver } from "../faults/freeze/freeze-walreceiver.ts";
import { killBackend } from "../faults/kill/kill-backend.ts";
import { killPrimary } from "../faults/kill/kill-primary.ts";
import { killWalreceiver } from "../faults/kill/kill-walreceiver.ts";
import { limitCpu } from "../faults/limit/limit-cpu.ts";
import { limitIo } from "../faults/limit/limit-io.ts";
import { clientBandwidth } from "../faults/network/client-bandwidth.ts";
import { clientCut } from "../faults/network/client-cut.ts";
import { clientLatency } from "../faults/network/client-latency.ts";
import { networkBandwidth } from "../faults/network/network-bandwidth.ts";
import { networkCut } from "../faults/network/network-cut.ts";
import { networkLatency } from "../faults/network/network-latency.ts";
import { networkLoss } from "../faults/network/network-loss.ts";
import { pauseReplay } from "../faults/replay/pause-replay.ts";
import { stopAllStandbys } from "../faults/stop/stop-all-standbys.ts";
import { stopStandby } from "../faults/stop/stop-standby.ts";
import { stopSynchronousStandby } from "../faults/stop/stop-synchronous-standby.ts";
import { walVolumeFull as walVolumeFullFault } from "../faults/wal-volume/wal-volume-full.ts";
import type { Rule } from "../findings/rule.ts";
import { archiveFailing } from "../findings/rules/archive-failing.ts";
import { archiveHung } from "../findings/rules/archive-hung.ts";
import { archiveSlowerThanWal } from "../findings/rules/archive-slower-than-wal.ts";
import { bloat } from "../findings/rules/bloat.ts";
import { catalogBloat } from "../findings/rules/catalog-bloat.ts";
import { slotHeldByTransaction } from "../findings/rules/slot-held-by-transaction.ts";
import { spillsToDisk } from "../findings/rules/spills-to-disk.ts";
import { blockingTransaction } from "../findings/rules/blocking-transaction.ts";
import { checkpointerStuck } from "../findings/rules/checkpointer-stuck.ts";
import { checkpointsForcedByWal } from "../findings/rules/checkpoints-forced-by-wal.ts";
import { checkpointsTooFrequent } from "../findings/rules/checkpoints-too-frequent.ts";
import { commitLatency } from "../findings/rules/commit-latency.ts";
import { connectionChurn } from "../findings/rules/connection-churn.ts";
import { cpuSaturated } from "../findings/rules/cpu-saturated.ts";
import { cpuThrottled } from "../findings/rules/cpu-throttled.ts";
import { fullPageImages } from "../findings/rules/full-page-images.ts";
import { generatorBound } from "../findings/rules/generator-bound.ts";
import { loadFailing } from "../findings/rules/load-failing.ts";
import { noBottleneck } from "../findings/rules/no-bottleneck.ts";
import { noisyNeighbour } from "../findings/rules/noisy-neighbour.ts";
import { notDurable } from "../findings/rules/not-durable.ts";
import { privilegeMissing } from "../findings/rules/privilege-missing.ts";
import { readsFromDevice } from "../findings/rules/reads-from-device.ts";
import { readsFromOsCache } from "../findings/rules/reads-from-os-cache.ts";
import { replayBound } from "../findings/rules/replay-bound.ts";
import { replayConflict } from "../findings/rules/replay-conflict.ts";
import { replayPaused } from "../findings/rules/replay-paused.ts";
import { rowContention } from "../findings/rules/row-contention.ts";
import { slotLost } from "../findings/rules/slot-lost.ts";
import { slotRetainsWal } from "../findings/rules/slot-retains-wal.ts";
import { standbyFrozen } from "../findings/rules/standby-frozen.ts";
import { storageLevelDropped } from "../findings/rules/storage-level-dropped.ts";
import { syncCommitNetwork } from "../findings/rules/sync-commit-network.ts";
import { syncCommitReplay } from "../findings/rules/sync-commit-replay.ts";
import { syncCommitStandbyDisk } from "../findings/rules/sync-commit-standby-disk.ts";
import { syncStandbyLost } from "../findings/rules/sync-standby-lost.ts";
import { walBuffers } from "../findings/rules/wal-buffers.ts";
import { walDeviceLimited } from "../findings/rules/wal-device-limited.ts";
import { walVolumeFull } from "../findings/rules/wal-volume-full.ts";
import { cgroup } from "../probes/cgroup.ts";
import { clock } from "../probes/clock.ts";
import { hostCpu } from "../probes/host-cpu.ts";
import { hostDisk } from "../probes/host-disk.ts";
import { hostMemory } from "../probes/host-memory.ts";
import { hostNetwork } from "../probes/host-network.ts";
import { hostPressure } from "../probes/host-pressure.ts";
import { hostPrograms } from "../probes/host-programs.ts";
import { hostTcp } from "../probes/host-tcp.ts";
import { hostVm } from "../probes/host-vm.ts";
import { hostVolume } from "../probes/host-volume.ts";
import { observerCgroup } from "../probes/observer-cgroup.ts";
import { observer } from "../probes/observer.ts";
import { pgActivity } from "../probes/pg-activity.ts";
import { pgArchiver } from "../probes/pg-archiver.ts";
import { pgBgwriter } from "../probes/pg-bgwriter.ts";
import { pgBlocking } from "../probes/pg-blocking.ts";
import { pgCheckpoints } from "../probes/pg-checkpoints.ts";
import { pgDatabaseSize } from "../probes/pg-database-size.ts";
import { pgDatabase } from "../probes/pg-database.ts";
import { pgIo } from "../probes/pg-io.ts";
import { pgLocks } from "../probes/pg-locks.ts";
import { pgProgressVacuum } from "../probes/pg-progress-vacuum.ts";
import { pgRecovery } from "../probes/pg-recovery.ts";
import { pgReplication } from "../probes/pg-replication.ts";
import { pgServer } from "../probes/pg-server.ts";
import { pgSettingsFingerprint } from "../probes/pg-settings-fingerprint.ts";
import { pgSlots } from "../probes/pg-slots.ts";
import { pgStatements } from "../probes/pg-statements.ts";
import { pgCatalogs } from "../probes/pg-catalogs.ts";
import { pgTables } from "../probes/pg-tables.ts";
import { pgWaits } from "../probes/pg-waits.ts";
import { pgWalDirectory } from "../probes/pg-wal-directory.ts";
import { pgWalReceiver } from "../probes/pg-wal-receiver.ts";
import { pgWal } from "../probes/pg-wal.ts";
import { postgresProcesses } from "../probes/postgres-processes.ts";
import type { StageDefinition } from "../stages/define-stage.ts";
import { ceilings } from "../stages/ceilings/index.ts";
import { compare } from "../stages/compare/index.ts";
import { failover } from "../stages/failover/index.ts";
import { ladder } from "../stages/ladder/index.ts";
import { observe } from "../stages/observe/index.ts";
import { recovery } from "../stages/recovery/index.ts";
import { search } from "../stages/search/index.ts";
import { switchover } from "../stages/switchover/index.ts";
import { syncSurface } from "../stages/sync-surface/index.ts";
import { existing } from "../targets/existing/index.ts";
import { local } from "../targets/local/index.ts";
import { leadStraightUndoer } from "../targets/local/cluster/lead-straight-undoer.ts";
import { stopPostgresUndoer } from "../targets/local/stop-postgres-undoer.ts";
import { sim } from "../targets/sim/index.ts";
import { cancelStatementUndoer } from "../undoers/cancel-statement.ts";
import { continueProcessesUndoer } from "../undoers/continue-processes.ts";
import { endCopyingUndoer } from "../undoers/end-copying.ts";
import { endOrphansUndoer } from "../undoers/end-orphans.ts";
import { endProcessUndoer } from "../undoers/end-process.ts";
import { removeCgroupUndoer } from "../undoers/remove-cgroup.ts";
import { removeDirectoryUndoer } from "../undoers/remove-directory.ts";
import { removeFileUndoer } from "../undoers/remove-file.ts";
import { restoreFileUndoer } from "../undoers/restore-file.ts";
import { rollBackPreparedUndoer } from "../undoers/roll-back-prepared.ts";
import { native } from "../workloads/native/index.ts";
import { pgbench } from "../workloads/pgbench/index.ts";

export interface Catalog {
  readonly stages: readonly StageDefinition[];
  readonly targets: readonly Target[];
  readonly workloads: readonly Workload[];
  readonly probes: readonly Probe[];
  readonly faults: readonly Fault[];
  readonly rules: readonly Rule[];
  /** How to undo what a dead run left. */
  readonly undoers: readonly Undoer[];
}

export const CATALOG: Catalog = {
  stages: [ladder, search, compare, ceilings, failover, switchover, recovery, syncSurface, observe],
  targets: [local, existing, sim],
  workloads: [native, pgbench],
  probes: [
    cgroup,
    clock,
    hostCpu,
    hostDisk,
    hostMemory,
    hostNetwork,
    hostPressure,
    hostPrograms,
    hostTcp,
    hostVm,
    hostVolume,
    observerCgroup,
    observer,
    pgActivity,
    pgArchiver,
    pgBgwriter,
    pgBlocking,
    pgCheckpoints,
    pgDatabaseSize,
    pgDatabase,
    pgIo,
    pgLocks,
    pgProgressVacuum,
    pgRecovery,
    pgReplication,
    pgServer,
    pgSettingsFingerprint,
    pgSlots,
    pgStatements,
    pgCatalogs,
    pgTables,
    pgWaits,
    pgWalDirectory,
    pgWalReceiver,
    pgWal,
    postgresProcesses,
  ],
  faults: [
    killPrimary,
    killBackend,
    killWalreceiver,
    freezePrimary,
    freezeStandby,
    freezeWalreceiver,
    stopStandby,
    stopSynchronousStandby,
    stopAllStandbys,
    pauseReplay,
    archiveSlow,
    archiveFailingFault,
    archiveHanging,
    walVolumeFullFault,
    networkLatency,
    networkLoss,
    networkBandwidth,
    networkCut,
    clientLatency,
    clientBandwidth,
    clientCut,
    limitCpu,
    limitIo,
  ],
  rules: [
    archiveFailing,
    archiveHung,
    archiveSlowerThanWal,
    bloat,
    catalogBloat,
    blockingTransaction,
    checkpointerStuck,
    checkpointsForcedByWal,
    checkpointsTooFrequent,
    commitLatency,
    connectionChurn,
    cpuSaturated,
    cpuThrottled,
    fullPageImages,
    generatorBound,
    loadFailing,
    noBottleneck,
    noisyNeighbour,
    notDurable,
    privilegeMissing,
    readsFromDevice,
    readsFromOsCache,
    replayBound,
    replayConflict,
    replayPaused,
    rowContention,
    slotLost,
    slotHeldByTransaction,
    slotRetainsWal,
    spillsToDisk,
    standbyFrozen,
    storageLevelDropped,
    syncCommitNetwork,
    syncCommitReplay,
    syncCommitStandbyDisk,
    syncStandbyLost,
    walBuffers,
    walDeviceLimited,
    walVolumeFull,
  ],
  undoers: [
    cancelStatementUndoer,
    continueProcessesUndoer,
    endCopyingUndoer,
    endOrphansUndoer,
    endProcessUndoer,
    removeCgroupUndoer,
    removeDirectoryUndoer,
    removeFileUndoer,
    restoreFileUndoer,
    rollBackPreparedUndoer,
    stopPostgresUndoer,
    leadStraightUndoer,
  ],
};
