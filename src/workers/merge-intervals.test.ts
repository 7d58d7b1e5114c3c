import { build } from "hdr-histogram-js";
import { expect, test } from "vitest";
import { randomFrom } from "../lib/random.ts";
import type { LoadInterval } from "../record/load-interval.ts";
import { encodeInterval } from "./encode-interval.ts";
import { IntervalMerger } from "./merge-intervals.ts";

const histogramOf = (values: readonly number[]) => {
  const histogram = build({
    bitBucketSize: 64,
    numberOfSignificantValueDigits: 3,
    autoResize: true,
  });
  for (const value of values) histogram.recordValue(value);
  return histogram;
};

const intervalOf = (
  atMs: number,
  values: readonly number[],
  more: Partial<LoadInterval> = {},
): LoadInterval => ({
  atMs,
  intervalMs: 1000,
  scripts: [
    {
      script: "s",
      transactions: values.length,
      failed: 1,
      skipped: 2,
      retried: 3,
      unknown: 4,
      latency: histogramOf(values),
      service: null,
      lag: null,
    },
  ],
  eventLoopDelayMsP99: 5,
  generatorCores: 0.5,
  ...more,
});

function merge(workers: readonly string[], startMs = 0) {
  const given: LoadInterval[] = [];
  const onInterval = (interval: LoadInterval) => given.push(interval);
  const merger = new IntervalMerger({ startMs, workers, onInterval });
  return {
    given,
    merger,
    tell(worker: string, told: LoadInterval) {
      const { interval, bytes } = encodeInterval(told);
      merger.add(worker, interval, bytes);
    },
  };
}

/** What a histogram holds, as HdrHistogram itself writes it down. */
const contentOf = (histogram: LoadInterval["scripts"][number]["latency"]) => ({
  text: histogram.outputPercentileDistribution(5, 1),
  count: histogram.totalCount,
  max: histogram.maxValue,
  min: histogram.minNonZeroValue,
});

test("histograms of any number of workers are that of all values, for any values", () => {
  for (let seed = 0; seed < 40; seed += 1) {
    const random = randomFrom(`merge/${seed}`);
    const workers = Array.from({ length: random.integer(1, 9) }, (_, i) => `w${i}`);
    const { tell, given } = merge(workers);
    const all: number[] = [];
    for (const worker of workers) {
      const values = Array.from({ length: random.integer(0, 300) }, () =>
        Math.floor(2 ** (random.next() * 32)),
      );
      all.push(...values);
      tell(worker, intervalOf(1000, values));
    }
    expect(contentOf(given[0]!.scripts[0]!.latency)).toEqual(contentOf(histogramOf(all)));
    expect(given[0]!.scripts[0]!.transactions).toBe(all.length);
  }
});

test("counts, rates and cores are sums, the event loop's delay is the worst", () => {
  const { tell, given } = merge(["a", "b"]);
  tell("a", intervalOf(1000, [10, 20], { offeredTps: 3 }));
  tell("b", intervalOf(1000, [30], { offeredTps: 4, eventLoopDelayMsP99: 9 }));
  const { scripts, ...rest } = given[0]!;
  expect(rest).toEqual({
    atMs: 1000,
    intervalMs: 1000,
    eventLoopDelayMsP99: 9,
    generatorCores: 1,
    offeredTps: 7,
    workers: [
      { name: "a", cores: 0.5, eventLoopDelayMsP99: 5 },
      { name: "b", cores: 0.5, eventLoopDelayMsP99: 9 },
    ],
  });
  expect(scripts[0]).toMatchObject({
    transactions: 3,
    failed: 2,
    skipped: 4,
    retried: 6,
    unknown: 8,
  });
});

test("a second is given once all have told it, in order, without gaps between", () => {
  const { tell, given, merger } = merge(["a", "b"], 500);
  tell("a", intervalOf(1500, [1]));
  tell("a", intervalOf(2500, [1]));
  expect(given).toEqual([]);
  tell("b", intervalOf(1507, [1], { intervalMs: 1007 }));
  expect(given.map(({ atMs, intervalMs }) => [atMs, intervalMs])).toEqual([[1507, 1007]]);
  tell("b", intervalOf(2503, [1], { intervalMs: 996 }));
  tell("b", intervalOf(2803, [1], { intervalMs: 300 }));
  merger.end("a");
  merger.end("b");
  expect(given.map(({ atMs, intervalMs }) => [atMs, intervalMs])).toEqual([
    [1507, 1007],
    [2503, 996],
    [2803, 300],
  ]);
});

test("who has ended is waited for no longer, and what it told before still counts", () => {
  const { tell, given, merger } = merge(["a", "b"]);
  tell("a", intervalOf(1000, [1]));
  tell("b", intervalOf(1000, [1]));
  tell("b", intervalOf(2000, [1, 2]));
  merger.end("a");
  expect(given.map(({ scripts }) => scripts[0]!.transactions)).toEqual([2, 2]);
});

test("what comes after its second was given out counts in the next one", () => {
  const { tell, given, merger } = merge(["a", "b"]);
  for (const second of [1, 2, 3]) {
    tell("a", intervalOf(second * 1000, [1]));
    tell("b", intervalOf(second * 1000, [1]));
  }
  tell("a", intervalOf(1000, [7]));
  merger.end("a");
  merger.end("b");
  const total = given.reduce((sum, { scripts }) => sum + scripts[0]!.transactions, 0);
  expect(total).toBe(7);
});

test("a script that one worker alone knows of is kept, and an absent histogram stays absent", () => {
  const { tell, given } = merge(["a", "b"]);
  const other = intervalOf(1000, [9]);
  tell("a", intervalOf(1000, [1]));
  tell("b", { ...other, scripts: [{ ...other.scripts[0]!, script: "t", lag: histogramOf([3]) }] });
  expect(given[0]!.scripts.map(({ script, lag }) => [script, lag?.totalCount ?? null])).toEqual([
    ["s", null],
    ["t", 1],
  ]);
});
