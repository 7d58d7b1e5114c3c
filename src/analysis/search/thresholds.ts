/**
 * Every threshold of the search for the largest sustainable rate in one place. They are choices, not
 * theorems: each has its reason.
 */
export const SEARCH_THRESHOLDS = {
  /** Skipped and failed transactions, share of all: a service that drops one in a thousand is not up. */
  skippedShareMax: 0.001,
  failedShareMax: 0.001,

  /** Pieces of a window whose quantiles tell how sure that of the whole is; more would be too short. */
  batchesMax: 10,
  /** With fewer pieces no interval is told, and the window's own quantile decides. */
  batchesMin: 4,
  /** Confidence of the upper end of a latency quantile, one-sided: it must hold, not merely be likely. */
  latencyConfidence: 0.95,

  /** A queue is said to grow at this confidence: seconds are correlated, and a false alarm ends a search. */
  slopeConfidence: 0.99,
  /** Growth of the schedule's lag over the window, share of the latency objective, worth a word. */
  lagGrowthShareMin: 0.1,
  /** Whole WAL segments that a backlog must gain over the window: the odd one is a matter of sampling. */
  segmentsGainedMin: 3,
  /** Segments of 16 MB, where the record does not tell. */
  segmentBytes: 16 * 1024 ** 2,
  /** Dead rows are a matter of autovacuum up to this many times the number at which it sets in. */
  deadRowsOverAutovacuum: 2,

  /** A spoiled window is tried once more; after that its figures have to do, and the result says so. */
  attemptsMax: 2,
  /** Below half of the first rate, so many times over, nobody wants to know any more. */
  halvingsMax: 7,
  /** The load at which a capacity is to be run: below it there is room for what nobody foresaw. */
  marginShare: 0.8,

  /** A rung's throughput that is this share below the best one's is beaten whatever the noise. */
  closeShare: 0.03,
  /** A look that is this share below the best look may yet be of the best rung: noise of looks is some percent. */
  closeLookShare: 0.06,
} as const;
