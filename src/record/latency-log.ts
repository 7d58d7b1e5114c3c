import { decodeFromCompressedBase64, encodeIntoCompressedBase64 } from "hdr-histogram-js";
import type { Histogram } from "hdr-histogram-js";
import type { LatencyInterval } from "./run-record.ts";

/**
 * The interchange format of HdrHistogram, one line per interval, so that other tools read it too:
 * `Tag=<script>;<part>,<start s>,<length s>,<max ms>,<base64 of the V2 compressed histogram>`.
 * Times count from the run's beginning. Values are microseconds.
 *
 * @see https://github.com/HdrHistogram/HdrHistogram/blob/master/src/main/java/org/HdrHistogram/HistogramLogReader.java
 */
export const LATENCY_LOG_HEAD =
  "#[Histogram log format version 1.3]\n" +
  "#[Values are microseconds; times are seconds since the run began]\n" +
  '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"\n';

type LatencyPart = LatencyInterval["part"];
const PARTS: readonly LatencyPart[] = ["latency", "service", "lag"];

/** One line of the log, with its line feed. */
export function formatLatencyInterval(interval: {
  readonly startMs: number;
  readonly endMs: number;
  readonly script: string;
  readonly part: LatencyPart;
  readonly histogram: Histogram;
}): string {
  const { startMs, endMs, script, part, histogram } = interval;
  const seconds = (ms: number) => (ms / 1000).toFixed(3);
  return (
    `Tag=${encodeURIComponent(script)};${part},${seconds(startMs)},${seconds(endMs - startMs)},` +
    `${seconds(histogram.maxValue)},${encodeIntoCompressedBase64(histogram)}\n`
  );
}

/**
 * Reads one line. The histogram is decoded each time it is asked for and never kept: a long run
 * has tens of thousands of them.
 *
 * @returns `undefined` for a comment or legend, `null` for a line that cannot be read.
 */
export function parseLatencyInterval(line: string): LatencyInterval | undefined | null {
  if (line === "" || line.startsWith("#") || line.startsWith('"')) return undefined;
  const [tag, start, length, , base64] = line.split(",");
  const match = /^Tag=(.*);(\w+)$/.exec(tag ?? "");
  const part = PARTS.find((known) => known === match?.[2]);
  const startMs = Math.round(Number(start) * 1000);
  const endMs = startMs + Math.round(Number(length) * 1000);
  if (match === null || part === undefined || base64 === undefined || Number.isNaN(endMs)) {
    return null;
  }
  if (!isWhole(base64)) return null;
  return {
    startMs,
    endMs,
    script: decodeURIComponent(match[1]!),
    part,
    get histogram() {
      return decodeFromCompressedBase64(base64, 32, false);
    },
  };
}

/** A line that a crash cut short ends in the middle of its histogram. */
function isWhole(base64: string): boolean {
  try {
    return decodeFromCompressedBase64(base64, 32, false).totalCount >= 0;
  } catch {
    return false;
  }
}
