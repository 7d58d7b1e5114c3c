/**
 * Every threshold of the judgement of a trial in one place, so that it can be calibrated. Those of
 * the statistics are in `statistics/thresholds.ts`, those of the search in `search/thresholds.ts`;
 * nothing else in `analysis/`, `findings/` or `steering/` holds any (`test/contract/thresholds.test.ts`).
 *
 * Shares are 0 to 1. They are choices, not theorems, unless a source is named.
 */

/**
 * Transactions below which a quantile is not printed. For p50 and p95 a distribution-free 95 %
 * interval must exist (ln 0.025 / ln p); further out ten samples must lie beyond the quantile,
 * since otherwise a single stall moves it at will.
 *
 * @see https://www.usenix.org/conference/osdi18/presentation/maricq
 */
export const QUANTILE_SAMPLES_MIN = { p50: 6, p95: 72, p99: 1000, p999: 10_000 } as const;

/** Samples that shares and means rest on. */
export const SAMPLES = {
  /**
   * Fewer snapshots of waits say nothing of shares. Even so few say little (a share of a half is
   * uncertain by a third); quick windows hold no more, and only several of them that agree make a finding.
   */
  waitsMin: 10,
  /** Fewer block reads than this per second and their mean time is chance. */
  readsPerSMin: 10,
} as const;

/** Share of the time that a finding must explain at least: less is 0 % where it is told. */
export const WEIGHT_MIN = 0.005;

/** Of what was to be read, how much must have been before anything may be ruled out. */
export const COVERAGE = {
  /** Answers among the readings of a probe: with fewer, what it shows may be the quiet half. */
  answeredShareMin: 0.5,
  /** The same of the readings that were due: a loaded server answers late, and is asked less often then. */
  dueShareMin: 0.25,
  /**
   * Probes of a server that were read. A role without pg_monitor still reads more than half of them,
   * an old version all but one or two.
   */
  probesShareMin: 0.4,
} as const;

/** Points above a curve's best one that are judged: what bends a curve shows most plainly there. */
export const JUDGED_POINTS_ABOVE = 2;

/** A gate trips at `degraded`, and takes the headline away at `invalid`. */
interface Gate {
  readonly degraded: number;
  readonly invalid: number;
}

/**
 * Time that the hypervisor gave to somebody else, share of all cores.
 *
 * @see https://man7.org/linux/man-pages/man5/proc_stat.5.html
 */
export const STEAL_SHARE: Gate = { degraded: 0.01, invalid: 0.05 };

/**
 * CPU in use by neither database, generator nor observer, share of all cores. A neighbour inside the
 * machine shows here and not as steal.
 */
export const EXTERNAL_CPU_SHARE: Gate = { degraded: 0.05, invalid: 0.2 };

/** Busy share of the host from which its CPU is full; sampling and idle ticks take the rest. */
export const HOST_FULL_SHARE = 0.9;

/**
 * Share of the scheduler's periods in which a cgroup ran out of its quota. Never `invalid`: a limit
 * is part of the deployment under test, and `cpu-throttled` names it.
 *
 * @see https://docs.kernel.org/scheduler/sched-bwc.html
 */
export const THROTTLED_PERIODS_SHARE_MAX = 0.01;

/**
 * `some` of memory pressure: share of time in which a task waited for memory. Never `invalid`, since
 * data larger than memory causes it rightly. Pressure on CPU and I/O is not a gate at all: a load at
 * its peak makes it itself; `EXTERNAL_CPU_SHARE` tells whose it is.
 *
 * @see https://docs.kernel.org/accounting/psi.html
 */
export const MEMORY_PRESSURE_SHARE_MAX = 0.1;

/**
 * CPU of a generator thread, share of a core, from which it is at its ceiling and the figure is
 * its own. Only `degraded` where the host as a whole is full: then the machine is what is measured.
 */
export const GENERATOR_THREAD_USE_MAX = 0.8;

/** Delay of the generator's event loop that latencies may carry: share of p50, or absolute below 5 ms. */
export const EVENT_LOOP_DELAY_SHARE_MAX = 0.1;
export const EVENT_LOOP_DELAY_MS_MAX = 1;
export const EVENT_LOOP_DELAY_P50_MS = 5;

/** Of the window's seconds, each with some 25 readings of the loop: the rank of one in a hundred of them all. */
export const EVENT_LOOP_SECONDS_SHARE = 0.75;

/** A jump of the wall clock against the monotonic one. NTP slews stay far below it. */
export const CLOCK_STEP_MS_MAX = 10;

/** Share of transactions that failed or whose outcome is unknown. TPC allows none; 0.1 % is a blip. */
export const ERROR_SHARE: Gate = { degraded: 0.001, invalid: 0.05 };

/**
 * Share of the clients that ended at an error before the load did: any makes the load another than the
 * one that was asked for, and with half of them gone the figures are of half of it.
 */
export const CLIENTS_ENDED_SHARE: Gate = { degraded: 0, invalid: 0.5 };

/** Share of transactions that fail, from which `load-failing` speaks: as for a trial's validity. */
export const LOAD_FAILING = { shareMin: ERROR_SHARE.degraded } as const;

/** An open loop that delivers less than this share of its rate is not one. */
export const DELIVERED_SHARE_MIN = 0.99;
/** …by more than chance: arrivals are Poisson, so that the count has a deviation of its root. */
export const DELIVERED_DEVIATIONS = 3;

/**
 * `|X·R − N| / N`. Beyond 5 % the time of the clients is not accounted for; beyond 25 % the figures
 * contradict one another. A saturated machine that also runs the generator loses 2 to 4 % between
 * an answer and the next question.
 */
export const LITTLES_LAW_ERROR: Gate = { degraded: 0.05, invalid: 0.25 };

/** Share of the window that the generator's own counts must cover. */
export const COVERED_SHARE: Gate = { degraded: 0.95, invalid: 0.5 };

/**
 * WAL of a load that only reads: checkpoints, running transactions, hint bits. With checksums a read
 * after a write may have to log a whole page for a hint bit: that much is a cycle like any other's.
 *
 * @see https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-WAL-LOG-HINTS
 */
export const READS_ONLY = {
  /** Whatever it is made of, so little changes no throughput. */
  walBytesPerSMax: 256 * 1024,
  /** Where the load does not say that it only reads: the commit record alone of one that writes is longer. */
  walBytesPerTransactionMax: 32,
} as const;

/** Checkpoint cycles that a window must hold: with fewer the full-page images of one weigh too much. */
export const CHECKPOINT_CYCLES_MIN = 2;

/** Settings that trade durability for speed, with the values that do. */
export const UNSAFE_SETTINGS: Readonly<Record<string, readonly string[]>> = {
  fsync: ["off"],
  full_page_writes: ["off"],
  synchronous_commit: ["off"],
};

/**
 * The archiver. PostgreSQL runs one command at a time, and after three failures a second apart waits
 * up to a minute.
 *
 * @see https://www.postgresql.org/docs/current/continuous-archiving.html
 */
export const ARCHIVE = {
  /** Segments that a backlog must grow by: two more may be one burst that is still drained. */
  gainSegmentsMin: 3,
  /** The same where every segment waits from first to last and too few are done in that time. */
  outpacedSegmentsMin: 2,
  /** Growth that was seen and growth by rates (WAL less archived) agree within this share. */
  agreementShareMax: 0.2,
  /** Share of the time in which the archiver had work from which it has hardly a pause. */
  busyShareMin: 0.9,
  /** One command without an end: a copy of 16 MB takes seconds even over a slow line. */
  hungMs: 10_000,
  /** … and from here there is no doubt: it is the archiver's own longest pause. */
  hungSureMs: 60_000,
  /** Share of attempts that fail, where others succeed, that is worth a word … */
  failedShareMin: 0.2,
  /** … unless it is a single one that was made good. */
  failedMin: 2,
  /** Part of the archiver's rate that a sustained load should leave unused. */
  headroomShare: 0.3,
} as const;

/**
 * Slots.
 *
 * @see https://www.postgresql.org/docs/current/view-pg-replication-slots.html
 */
export const SLOT = {
  /** Nobody reads it, and what it keeps grows: one segment of the usual size is no hiccup. */
  growingBytesMin: 16 * 1024 ** 2,
  /** Nobody reads it, and nothing is written: what it keeps must be worth a word. */
  standingBytesMin: 64 * 1024 ** 2,
  /** Somebody reads it, too slowly: a short hiccup at 50 MB/s is less. */
  laggingBytesMin: 64 * 1024 ** 2,
} as const;

/**
 * Commits that wait for a standby. In one data centre that takes 1 to 3 ms, most of it the standby's
 * sync.
 *
 * @see https://www.postgresql.org/docs/current/warm-standby.html#SYNCHRONOUS-REPLICATION
 */
export const SYNC_COMMIT = {
  /** Share of the active time in waiting for a standby, worth a word. */
  shareMin: 0.3,
  /** With fewer at a time, nobody is held back. */
  waitersMin: 0.5,
  /** Per commit: what a good standby near by never takes … */
  waitMsMin: 5,
  /** … and this many times the sync of the primary's own WAL, which a standby needs as well. */
  localSyncsMin: 2,
  /** Part of the delay, or of the receiver's time, that names its cause. */
  partShareMin: 0.5,
  /** Parts shorter than this explain nothing. */
  partMsMin: 2,
  /** Lag columns that show less of the wait than this stand still and tell nothing. */
  explainedShareMin: 0.3,
  /** Share of the active time behind a standby that is not there from which all writers wait. */
  lostShareMin: 0.9,
  /** Of the window, its end: a standby that is back by then is not lost. */
  endShare: 1 / 3,
  /** Whoever waits for a standby waits for it first: what follows from that has no more weight. */
  weightMin: 0.8,
} as const;

/**
 * Replay, which one process does.
 *
 * @see https://www.postgresql.org/docs/current/hot-standby.html
 */
export const REPLAY = {
  /** WAL that is durable on the standby and not replayed: less is on its way. */
  behindBytesMin: 2 * 1024 ** 2,
  /** The same as time at the rate at which it is written. */
  behindMsMin: 1000,
  /** Share of the samples that must show it: a pause of the machine is shorter. */
  persistentShareMin: 0.7,
  /** Share of its time in which the replaying process has work. */
  busyShareMin: 0.9,
  /**
   * Share of the time in which the replaying process is stopped at a CPU quota, or ready and without a
   * CPU, from which that is what holds it up.
   */
  starvedShareMin: 0.5,
  /** Share of its time in which it waits for a query on the standby. */
  conflictShareMin: 0.2,
  /** Share of the samples that show a pause. */
  pausedShareMin: 0.5,
  /** Share of its time in `recovery_min_apply_delay`, from which that is why. */
  delayedShareMin: 0.5,
  /** Replayed over written from which it stands still; two probes' readings differ by so much. */
  standingShareMax: 0.05,
} as const;

/**
 * Standbys that are connected and silent. A healthy one answers within milliseconds while WAL flows,
 * and every `wal_receiver_status_interval` (10 s) while none does.
 *
 * @see https://www.postgresql.org/docs/current/runtime-config-replication.html#GUC-WAL-RECEIVER-STATUS-INTERVAL
 */
export const FROZEN = {
  /** Silence while WAL flows; a sync on a slow disk takes less. */
  silentMs: 5000,
  /** Silence while nothing is written: twice the usual interval. */
  silentIdleMs: 20_000,
  /** WAL that came up meanwhile and was not confirmed. */
  behindBytesMin: 1024 ** 2,
  /** Its replay has nothing to do: a standby that still works on what it got is not frozen. */
  replayBusyShareMax: 0.1,
} as const;

/**
 * Room for WAL.
 *
 * @see https://www.postgresql.org/docs/current/wal-configuration.html
 */
export const WAL_VOLUME = {
  /** Nobody has to get up for what is further away. */
  forecastMsMax: 3_600_000,
  /** Cycles of checkpoints whose WAL is there at a time: the present one, and the one before it. */
  cyclesKept: 2,
  /** A segment is made whole before it is used: with less room than two the next one may fail. */
  segmentsFreeMin: 2,
} as const;

/** The checkpointer in a wait that is neither its pause nor its own input and output. */
export const CHECKPOINTER = {
  stuckShareMin: 0.5,
  /** WAL since the last checkpoint over `max_wal_size`: from here one is overdue. */
  overdueTimes: 1.5,
  stuckMs: 5000,
  /** Total of a checkpoint over its phases, as its log line tells them, and at least as long. */
  unexplainedShareMin: 0.8,
  unexplainedMs: 10_000,
} as const;

/** A level of storage that fell while the load stayed. */
export const STORAGE_LEVEL = {
  /** Sessions in storage at a time, below which its level holds nobody back, whatever it was before. */
  waitingMin: 0.2,
  /** Share of the active time in storage after the drop. */
  storageShareMin: 0.5,
  /** Time per operation after the drop over that before it. */
  latencyRatioMin: 2,
  /** Less WAL than this per second is no measure of the work. */
  walBytesPerSMin: 65_536,
  /** Fewer readings of the work have no before and after. */
  samplesMin: 3,
  /** A fall that lasts: so much of the time since then is below … */
  lowShareMin: 0.9,
  /** … this share of the former level. */
  fallenToMax: 0.5,
  /** Commits must have fallen, too: WAL alone also shrinks when full-page images end. */
  commitsRatioMax: 0.7,
} as const;

/**
 * Share of the connected sessions that are idle outside a transaction from which there is no telling
 * whether a wait holds anybody back: clients of a closed loop hardly pause.
 */
export const IDLE_SESSIONS_SHARE_MAX = 0.4;

/** Sessions that rest all along (a pool's spare ones): where hardly any other is left, all are asked about. */
export const SESSIONS_AT_WORK_MIN = 0.5;

/**
 * The same for reads: their statements are short, so that the client's own turn weighs more. A read
 * from a device is felt by whoever waits for it, however many sessions rest.
 */
export const IDLE_READERS_SHARE_MAX = 0.6;
export const IDLE_DEVICE_READERS_SHARE_MAX = 0.75;

/**
 * Transactions per second after a change over those before it, from which what is gone is gone by the
 * change and not for want of load.
 */
export const SAME_LOAD_SHARE_MIN = 0.5;

/** Others on the machine. A neighbour who takes what nobody wants disturbs nobody. */
export const NEIGHBOUR = {
  /** Above these the figures of a trial are the neighbour's as much as the database's. */
  stealShareMax: 0.05,
  externalShareMax: 0.2,
  hostBusyMin: 0.8,
  pressureMin: 0.1,
  /** Less is nothing that anybody is told. */
  toldShareMin: 0.01,
  /** Where nothing was measured: nothing of the machine is left, … */
  observedHostBusyMin: 0.9,
  /** … and the database's processes wait for a CPU: so many at a time, for this share of their time. */
  waitedCoresMin: 0.1,
  waitedShareMin: 0.4,
} as const;

/** Of a service that was away: failovers, switchovers, and what a synchronous level blocks. */
export const FAILOVER = {
  /** Throughput is back at this share of what it was before … */
  recoveredShare: 0.9,
  /** … for this long, or for what is left of the load, at least a second. */
  lastingMs: 10_000,
  lastingMsMin: 1000,
  /** A stretch without an acknowledgement is blocked time from this many times the longest undisturbed one … */
  blockedTimesUndisturbed: 3,
  /** … and from this long on: shorter ones happen under any load. */
  blockedMsMin: 100,
  /** Fewer trials say too little of the next one: it is the longest of n + 1 once in n + 1 times. */
  rtoTrialsMin: 3,
} as const;

/** Of the stations on the WAL's way, each timed alone. */
export const CEILING = {
  /** Readings between which a station is timed: fewer, and it was too quick for it. */
  samplesMin: 4,
  /** Segments that must have gone before a rate is told from them … */
  segmentsMin: 2,
  /** … and fewer than these weigh the instants of the first and the last too much. */
  sureSegments: 5,
  /** As the engine has it: so near its target a station has caught up. */
  nearShare: 0.005,
  /** Room that is gone: less is within what one checkpoint gives back. */
  goneBytesMin: 64 * 1024 ** 2,
  /** A lag that people notice: reads on the standby are that old. */
  lagMs: 60_000,
  /** The rate of the forecast: enough that the backlog grows by more than the chance of one segment … */
  forecastTimes: 3,
  /** … not more than the exact load could surely keep, of what it reached unpaced … */
  forecastShareOfFullSpeed: 0.6,
  /** … and so much above the archive's ceiling that growth can be told from noise. */
  forecastAboveMin: 1.2,
} as const;

/** Of what is foretold of a recovery. */
export const RECOVERY = {
  /** An interval that reaches further than this share of its value to either side is no help in planning. */
  wideShare: 0.5,
  /**
   * Beyond ten times the largest size, what a small run never meets decides: caches that no longer
   * hold the pages, a disk's burst credits, checkpoints within the recovery.
   */
  farTimes: 10,
} as const;

/** Of what a finding predicts. */
export const PREDICTION = {
  /**
   * Part of the predicted change, on logs, that must be seen: other limits come into play as soon as
   * one is lifted (rows that took nine tenths of the time: ten times as much by the share, 2.5 times in
   * fact), but a cause of which not even a quarter comes true is not the cause.
   */
  partMin: 0.25,
  /** Less than this is nothing that anybody would notice. */
  changeMin: 0.03,
  /** Nothing gets faster than this by one change, whatever the shares say. */
  ratioMax: 10,
} as const;

/** Of `bloat`. */
export const BLOAT = {
  /** Dead rows per live row; autovacuum by default starts at a fifth. */
  deadShareMax: 0.5,
  /** A small table that is updated all the time bloats most, and tiny ones harmlessly. */
  deadRowsMin: 1000,
  /** An old snapshot keeps dead rows from being removed, at once as well as by vacuum. */
  xactAgeMsMin: 5000,
  /** Transactions after its snapshot: with fewer it is the batch itself, or an idle one without a snapshot. */
  xminAgeOfSessionMin: 100,
  /** The same by transactions that came after it, at the least: a prepared transaction or a slot has no session. */
  xminAgeMin: 1000,
} as const;

/** Of `catalog-bloat`. */
export const CATALOG_BLOAT = {
  /** Temporary tables by the hundred per second leave less between two turns of autovacuum. */
  deadRowsMin: 20_000,
  /** A large schema has large catalogs: dead rows must be most of what is passed by. */
  deadPerLiveMin: 5,
  /** Five turns of autovacuum with its usual `autovacuum_naptime`: it does not come, or in vain. */
  vacuumAgeMsMin: 300_000,
  /** Where it never came it may not have had its turn yet: with so many it is long due. */
  deadRowsNever: 100_000,
  /** Share of all blocks that are looked at from which it takes its part of the time. */
  blockShareMin: 0.2,
  /** A rank among dangers. */
  weightUnread: 0.1,
} as const;

/** Of `spills-to-disk`. */
export const SPILLS = {
  /** A few in a window are a report, or an index that is built. */
  filesMin: 10,
  filesPerSMin: 1,
  /** Less is written in passing, and stays in the page cache. */
  bytesPerSMin: 4 * 1024 ** 2,
  /** A larger one is meant to go to disk: no `work_mem` of many sessions holds it. */
  fileBytesMax: 64 * 1024 ** 2,
  /** With less at work on average, nobody is held back. */
  activeMin: 0.5,
  /** From here the load consists of statements that spill. */
  perTransactionSure: 0.5,
  /** Share of the active time in temporary files, seen by itself. */
  waitShareSure: 0.05,
  /** A sort in memory was 1.1 to 1.4 times as fast as one in files of the page cache. */
  weightMin: 0.2,
  /** The manual: a sort needs more room in memory than on disk. */
  memoryPerFile: 3,
  /** PostgreSQL's default: no advice goes below it. */
  workMemUsual: 4 * 1024 ** 2,
} as const;

/**
 * Of `slot-held-by-transaction`.
 *
 * @see https://www.postgresql.org/docs/current/logicaldecoding-explanation.html
 */
export const SLOT_HELD = {
  /** Worth a word, as with a slot that nobody reads. */
  bytesMin: SLOT.standingBytesMin,
  /** The server notes its running transactions every 15 s: a slot's start may be as old by itself. */
  xactAgeMsMin: 20_000,
} as const;

/** Of `blocking-transaction`. */
export const BLOCKING = {
  /** A shorter wait is part of ordinary row locking. */
  waitMsMin: 1000,
  /** Sessions that it holds up at a time when it holds up most … */
  blockedMin: 2,
  /** … or a single one, for this share of the time of all that are at work. */
  lostShareOfOneMin: 0.25,
  /** Share of the window's time of its sessions that is lost behind it. */
  lostShareMin: 0.02,
} as const;

/** Of `checkpoints-forced-by-wal`. */
export const FORCED_CHECKPOINTS = {
  /** Fewer checkpoints than this and a share says nothing. */
  checkpointsMin: 3,
  /** Above this share of forced checkpoints the write load, not the clock, sets the pace. */
  forcedShareMax: 0.5,
  /** A forced one that comes hardly before the clock would have struck does no harm. */
  intervalShareMax: 0.5,
  /** Room for the load to vary. */
  headroom: 1.2,
} as const;

/** Of `checkpoints-too-frequent`. */
export const FREQUENT_CHECKPOINTS = {
  /** Half of PostgreSQL's default: shorter has to be set on purpose. */
  timeoutMsMin: 150_000,
  /** Less WAL than this troubles nobody, however it is made up. */
  walBytesPerSMin: 256 * 1024,
  /** Two make a whole cycle between them; the images in it are the second signal. */
  checkpointsMin: 2,
  /** From here most of the WAL is there only since checkpoints come so soon. */
  imageShareMax: 0.5,
} as const;

/** Of `commit-latency`. */
export const COMMIT_LATENCY = {
  /** Share of the active time in syncing WAL, or in waiting for the one who does, worth a word. */
  commitShareMin: 0.3,
  /** With less at work on average, nobody is held back: commits wait, but there is room. */
  activeMin: 0.5,
  /** A sync below 1 ms is that of a good local or a fast network volume; above it is typical to slow. */
  syncMsMax: 1,
  /** More sessions than this queueing behind the sync is `wal-device-limited`. */
  queuedMax: 0.5,
  syncMsDespiteFullCpu: 5,
  /** With a queue and syncs without a pause the device is at its limit: `wal-device-limited`. */
  busyMax: 0.8,
} as const;

/** Of `connection-churn`. */
export const CONNECTION_CHURN = {
  /** A session for every tenth transaction or fewer. */
  sessionsPerTransactionMax: 0.1,
  /** Fewer new sessions per second cost nothing worth a word: a start takes some milliseconds of CPU. */
  sessionsPerSMin: 5,
  /** CPU at work while hardly a statement is active: it goes into starting processes. */
  busyMin: 0.3,
  /** From here nearly every transaction has a connection of its own. */
  surePerTransaction: 0.5,
} as const;

/** Of `cpu-saturated`. */
export const CPU_SATURATED = {
  /** Sampling and idle ticks take the rest. */
  busyShareMin: 0.9,
  /** Share of the active time in which a session was on a CPU or waited for one. */
  cpuShareMin: 0.7,
  /** … of which less speaks against it: what sessions wait for is something else. */
  cpuShareNone: 0.02,
  /** Share of time in which some task waited for a CPU: a full machine without a queue is just busy. */
  pressureMin: 0.3,
  runQueuePerCoreMin: 1.2,
  /** Below it the CPU went elsewhere: to the generator, or to strangers. */
  serverShareMin: 0.25,
  externalShareMax: 0.2,
  /** With most sessions in a queue for locks, more CPU would serve the queue no faster. */
  lockShareMax: 0.5,
  /** The generator's share of the cores that is told, and the one that its own advice is given from. */
  generatorToldMin: 0.05,
  generatorMuch: 0.25,
} as const;

/** Of `cpu-throttled`. */
export const CPU_THROTTLED = {
  /** Share of the quota's periods in which it ran out. */
  throttledShareMin: 0.1,
} as const;

/** Of `full-page-images`. */
export const FULL_PAGE_IMAGES = {
  /** More images than changes. */
  shareMax: 0.5,
  /** Less WAL than this troubles nobody, whatever it is made of. */
  walBytesPerSMin: 1024 ** 2,
  /** Right after a checkpoint nearly all WAL is images: only whole cycles tell. */
  cyclesMin: 2,
  /** Share of the active time in writing WAL from which the images slow the load down. */
  walWaitShareMin: 0.2,
} as const;

/** Of `generator-bound`. */
export const GENERATOR_BOUND = {
  /** Share of the periods of its CPU limit in which it was stopped. */
  throttledShareMin: 0.5,
  /** Clients that use less of a core together are at no limit of a thread. */
  clientCoresMax: 0.5,
  /** A thread of the generator that uses this share of a core has hardly a pause. */
  threadUseMin: 0.8,
  /** Share of the connected sessions that wait for their client. */
  idleShareMin: 0.5,
} as const;

/** Of `no-bottleneck`: use of a resource from which it is full. */
export const FULL_SHARE = {
  /** Sampling and idle ticks take the rest. */
  any: 0.9,
  /** Of `max_connections`: by default three of a hundred are kept for superusers. */
  slots: 0.97,
} as const;

/** Of `no-bottleneck`: waits that no other rule speaks of. */
export const UNEXPLAINED_WAITS = {
  /** With fewer active at a time nobody is held back, whatever the CPU does. */
  activeMin: 0.5,
  /** Sessions at a time … */
  waitersMin: 1,
  /** … and their share of the active time, from which something holds the load back. */
  shareMin: 0.5,
} as const;

/** Of `reads-from-device`. */
export const READS_FROM_DEVICE = {
  /** Share of the active time in waiting for blocks. */
  shareMin: 0.2,
  /** A read of 8 kB from the page cache takes 10 to 50 µs, from a local device 80 µs and more. */
  deviceUsMin: 100,
  /** With less at work on average, nobody is held back. */
  waitingMin: 0.2,
  /** The device must have read what the database asked for, in good part. */
  fromDeviceShareMin: 0.5,
} as const;

/** Of `reads-from-os-cache`. */
export const READS_FROM_OS_CACHE = {
  /** Share of the active time in fetching blocks from the page cache. */
  shareMin: 0.2,
  /** Quicker than this is the page cache; up to `reads-from-device`'s 100 µs it could be either. */
  cacheUsMax: 50,
  waitingMin: 0.2,
  fromDeviceShareMax: 0.1,
} as const;

/** Of `row-contention`. */
export const ROW_CONTENTION = {
  /** Share of the active time in waiting for rows that others are changing. */
  shareMin: 0.3,
  /** Waiters at a time; fewer are the odd collision. */
  waitersMin: 0.5,
  /** Of all sessions: where only some of many meet, the others get through. */
  waitersShareMin: 0.15,
  /** Enough that two clients seldom want the same. */
  rowsPerClient: 10,
  /** One wait as long as this is one holder's doing (`blocking-transaction`), not a crowd's. */
  longWaitMs: 1000,
} as const;

/** Of `slot-retains-wal`. */
export const UNUSED_SLOT = {
  /** A reader that was away for longer is not just being restarted. */
  unusedSureMs: 60_000,
} as const;

/** Of `wal-buffers`. */
export const WAL_BUFFERS = {
  /**
   * The manual's "few megabytes", and half of what the server chooses by itself with its usual
   * `shared_buffers`: with as much, full buffers are those of a bulk load that outruns the WAL's device.
   */
  largeBytesMin: 2 * 1024 ** 2,
  /** Times per second that a session had to write WAL itself for want of room in the buffers. */
  fullPerSMax: 10,
  /** Share of the active time in waiting for a place to put WAL. */
  insertShareMin: 0.1,
  /** With less at work on average, nobody is held back. */
  activeMin: 0.5,
} as const;

/** Of `wal-device-limited`. */
export const WAL_DEVICE_LIMITED = {
  /** Only one process syncs at a time: from here the device has hardly a pause. */
  busyMin: 0.8,
  /** Where nearly all active time goes into a long queue for slow syncs, pauses are those of a busy CPU. */
  busyBehindQueueMin: 0.5,
  queueShareMin: 0.9,
  queueLongMin: 2,
  /** Share of the active time in syncing or in the queue behind it. */
  shareMin: 0.5,
  /** Sessions that queue behind the one that syncs; without a queue it is latency, not a limit. */
  queuedMin: 0.5,
  /** Below it a sync is that of a quick device that group commit keeps busy: more clients get more. */
  syncMsMin: 1,
  /** etcd's rule for a log device: above it the device is unfit or held back. */
  syncMsSlow: 10,
  syncMsDespiteFullCpu: 5,
} as const;

/** Of `wal-volume-full`. */
export const SILENT_SERVER = {
  /** One or two may be late on a busy machine. */
  silentSamples: 3,
} as const;
