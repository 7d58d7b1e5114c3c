import type { LoadInterval, ScriptInterval } from "../contracts/workload.ts";
import { encodeCounts } from "./sparse-counts.ts";

/** An interval without its histograms, whose bytes follow in the order of the scripts and parts. */
export interface EncodedInterval extends Omit<LoadInterval, "scripts" | "workers"> {
  readonly scripts: readonly EncodedScript[];
}

/** Lengths of the encoded histograms in bytes; `null` where there is none. */
export interface EncodedScript extends Omit<ScriptInterval, "latency" | "service" | "lag"> {
  readonly latency: number;
  readonly service: number | null;
  readonly lag: number | null;
}

/** An interval as it travels. */
export function encodeInterval(interval: LoadInterval): {
  readonly interval: EncodedInterval;
  readonly bytes: Buffer;
} {
  const parts: Buffer[] = [];
  const encode = (histogram: ScriptInterval["latency"]): number => {
    const bytes = encodeCounts(histogram);
    parts.push(bytes);
    return bytes.length;
  };
  const scripts = interval.scripts.map((script) => ({
    ...script,
    latency: encode(script.latency),
    service: script.service === null ? null : encode(script.service),
    lag: script.lag === null ? null : encode(script.lag),
  }));
  return { interval: { ...interval, scripts }, bytes: Buffer.concat(parts) };
}
