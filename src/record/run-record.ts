import type { Histogram } from "hdr-histogram-js";
import type { LedgerSource } from "./ledger.ts";
import type { RunEvent } from "./events.ts";
import type { RunManifest } from "./format.ts";
import type { SeriesHeader } from "./series-format.ts";

/** A record in memory, as `readRecord` gives it: complete and frozen. Only ledgers stay on the disk. */
export interface RunRecord {
  readonly manifest: RunManifest;
  readonly events: readonly RunEvent[];
  /** By probe id. */
  readonly probes: ReadonlyMap<string, ProbeSeries>;
  /** By trial id; in order of time. */
  readonly latencies: ReadonlyMap<string, readonly LatencyInterval[]>;
  /** By trial id; trials that kept no ledger are not there. */
  readonly ledgers: ReadonlyMap<string, LedgerSource>;
  /** What could not be read, as sentences: a line cut short by a crash. */
  readonly damage: readonly string[];
}

/** Everything that one probe read. */
export interface ProbeSeries {
  readonly header: SeriesHeader;
  /** By instance (`pg1`, `host`, `generator`). */
  readonly on: ReadonlyMap<string, InstanceSeries>;
}

/** What one probe read on one instance, in columns. */
export interface InstanceSeries {
  /** Instants of all samples and gaps, ascending. */
  readonly t: readonly number[];
  /** Plain series: by name, one value per instant; `null` is a gap. Empty for a keyed probe. */
  readonly values: ReadonlyMap<string, readonly (number | null)[]>;
  /**
   * Keyed series: by key, then by name, one value per instant. At an instant that was sampled a key
   * that was absent is 0 for a gauge and unchanged for a counter (0 before it was first seen).
   */
  readonly keyed: ReadonlyMap<string, ReadonlyMap<string, readonly (number | null)[]>>;
  readonly labels: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Why samples are missing: reason → how many. */
  readonly gaps: ReadonlyMap<string, number>;
  /** Instants of the samples that are missing, ascending. */
  readonly gapTimes: readonly number[];
}

/** A piece of a trial's latency log. */
export interface LatencyInterval {
  readonly startMs: number;
  readonly endMs: number;
  readonly script: string;
  /** `latency` counts from the scheduled start in an open loop. */
  readonly part: "latency" | "service" | "lag";
  /** Microseconds. */
  readonly histogram: Histogram;
}
