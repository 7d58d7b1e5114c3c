/**
 * Every threshold of the judgement of a trial in one place, so that it can be calibrated. Those of
 * the statistics are in `statistics/thresholds.ts`, those of a finding in its rule.
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

/** A jump of the wall clock against the monotonic one. NTP slews stay far below it. */
export const CLOCK_STEP_MS_MAX = 10;

/** Share of transactions that failed or whose outcome is unknown. TPC allows none; 0.1 % is a blip. */
export const ERROR_SHARE: Gate = { degraded: 0.001, invalid: 0.05 };

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

/** Checkpoint cycles that a window must hold: with fewer the full-page images of one weigh too much. */
export const CHECKPOINT_CYCLES_MIN = 2;

/** Settings that trade durability for speed, with the values that do. */
export const UNSAFE_SETTINGS: Readonly<Record<string, readonly string[]>> = {
  fsync: ["off"],
  full_page_writes: ["off"],
  synchronous_commit: ["off"],
};
