/**
 * Every engineering threshold of the statistics in one place, so that they can be calibrated.
 *
 * These are choices, not theorems: each has its reason; what comes from a paper names it.
 */
export const THRESHOLDS = {
  /** Nominal coverage of an interval where nobody asks for another. */
  confidence: 0.95,
  /** Chance of seeing an effect of the size that is called "detectable". Cohen's customary 80 %. */
  power: 0.8,

  /** A difference smaller than this changes no decision, so it is never called better or worse. */
  relevantEffectShare: 0.03,
  /**
   * Better or worse is claimed at this share of α, so at 2.5 % with 95 % intervals: at 5 % a thing
   * compared with itself 200 times differs more than ten times in four cases of ten.
   */
  claimAlphaShare: 0.5,
  /** Fewer pairs and the signed-rank test cannot reach 5 % two-sided (2/2^5 = 6.25 %). */
  signedRankPairsMin: 6,

  /** Ten samples beyond the quantile: below that one stall more or less moves it at will. */
  samplesBeyondQuantileMin: 10,

  /** Drift of throughput over the window, as a share of its mean, that is still called steady. */
  throughputDriftShareMax: 0.02,
  /** The same for p95, which is several times as noisy and falls and rises with the queue. */
  latencyDriftShareMax: 0.1,
  /** A drift is claimed at this confidence: a false alarm costs more than an "unknown". */
  driftConfidence: 0.99,
  /** Change points and MSER-5 say nothing of a shorter series; it is judged as a quick window. */
  steadyStateSamplesMin: 30,
  /** Fewer samples and not even a slope can be judged. */
  quickSamplesMin: 5,
  /** A window that could hide a drift larger than this is not called steady. */
  hiddenDriftShareMax: 0.3,
  /** A drift that looks this large, and that noise could also make, is neither claimed nor denied. */
  unclearDriftShareMin: 0.1,
  /** The last level must hold at least this share of the window (cf. Barrett et al., OOPSLA 2017). */
  lastLevelShareMin: 0.5,
  /** Readings that are averaged before a drift is taken, where there are at least so many. */
  driftBatchS: 5,
  driftBatchedFrom: 60,
  /** Neighbours that correlate more widen the interval no further: it would reach beyond all use. */
  driftCorrelationMax: 0.9,
  /** A cut beyond this share of the series is no warm-up: the whole is looked at as well. */
  headShareMax: 1 / 3,
  /** Outliers are told from this many readings around them … */
  outlierWindow: 200,
  /** … by their distance from the median, in widths from the tenth to the ninetieth percentile. */
  outlierReach: 3,
  /** Two levels closer than this share of the mean are one. */
  sameLevelShare: 0.02,
  /** Coefficient of variation of five-second means above which there is no level to speak of. */
  unstableVariation: 0.3,
  /** Share of seconds without any completion above which a run is called unstable. */
  zeroSecondsShareMax: 0.05,
  /** Share of gaps above which a series is not judged. */
  gapShareMax: 0.2,
  /** Autocorrelation at the period from which a series is called periodic. */
  periodicCorrelationMin: 0.6,
  /** A period is looked for in series of at least so many readings … */
  periodicSamplesMin: 100,
  /** … and only where the series varies by at least this share. */
  periodicVariationMin: 0.03,
  /** Cycles that must be seen before a period is believed. */
  periodicCyclesMin: 2.5,
  /** Where a cycle is known only periods this close to it count. */
  periodicCycleShareMax: 0.2,
  /** A lag this many times the best one may be its multiple, and must correlate so much better. */
  periodicMultipleFrom: 1.5,
  periodicMultipleGainMin: 0.1,
  /** Cycles that move one way: four do so by chance in one case of twelve; the size must tell, too. */
  trendCyclesMin: 4,

  /** Batches of a MSER-5 series below which its cut is chance. */
  mserBatchesMin: 10,
  /** One batch per checkpoint cycle, and a window has at least four of them. */
  batchesMin: 4,
  /** Shorter batches of one-second samples are still correlated. */
  batchSMin: 30,

  /** Two points have a line and no distance from it. */
  linePointsMin: 3,

  /** With two rungs there is no telling where throughput bends. */
  kneeRungsMin: 3,
  /** Rungs below which three parameters are not fitted. */
  uslRungsMin: 6,
  /** Rungs past the knee below which a peak is a guess. */
  uslRungsPastKneeMin: 2,
  /** No peak is told beyond this multiple of the largest measured number of clients. */
  uslExtrapolationMax: 2,
  /** Relative root-mean-square residual above which the law does not describe the ladder. */
  uslResidualShareMax: 0.15,
  /** A rung this close to the best one counts as equal to it. */
  kneeShare: 0.05,

  /** |X·R − N| / N above which the generator or the clock is wrong. */
  littlesLawErrorShareMax: 0.03,

  /** Burst credits: the level must fall by this share … */
  burstDropShareMin: 0.3,
  /** … onto a ceiling that is flat: variation at most this, or half of what it was. */
  burstVariationMax: 0.1,
  /** … with latency up by this share … */
  burstLatencyRiseShareMin: 0.2,
  /** … and within this share of the storage class's baseline. */
  burstBaselineShareMax: 0.1,
  /** Seconds that must be seen before and after the drop. */
  burstBeforeSMin: 5,
  burstAfterSMin: 10,
  /** Offered load may move by this share and still be called constant. */
  burstOfferedShareMax: 0.1,

  /** Apache Otava's defaults: window, significance; and the smallest change worth a word. */
  changeWindow: 50,
  changePValueMax: 0.001,
  changeMagnitudeMin: 0.03,
  /** Otava again: weak changes are let in at ten times the significance and then merged away. */
  changeRelaxedBelow: 0.05,
  changeRelaxedTimes: 10,
  /** Fewer points on one side of a change and its level is not known. */
  changeSidePointsMin: 5,

  /** Runs before the first look, so that looking early does not bias the stop. */
  stoppingRunsMin: 5,
  stoppingRunsQuickMin: 3,
  stoppingRunsMax: 30,
} as const;
