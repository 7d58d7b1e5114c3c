import type { LatencyQuantiles } from "./model.ts";

/** Of a load of which nothing was seen. */
export const NO_LATENCY: LatencyQuantiles = {
  count: 0,
  meanMs: null,
  p50Ms: null,
  p95Ms: null,
  p99Ms: null,
  p999Ms: null,
  maxMs: null,
};
