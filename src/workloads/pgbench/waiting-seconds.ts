import type { ScriptInterval } from "../../contracts/workload.ts";
import {
  clearLatencyCounts,
  emptyLatencyCounts,
  LATENCY_COUNTS_BYTES,
  toHistogram,
  type LatencyCounts,
} from "./latency-counts.ts";

/** What one script did in one second; tables are made when the first value comes. */
export interface SecondCounts {
  transactions: number;
  failed: number;
  skipped: number;
  retried: number;
  unknown: number;
  latency: LatencyCounts | null;
  service: LatencyCounts | null;
  lag: LatencyCounts | null;
}

/** The seconds that are still being counted, by number; their tables are used again and again. */
export interface WaitingSeconds {
  readonly seconds: ReadonlyMap<number, readonly SecondCounts[]>;
  /** What a script did in a second. */
  of(second: number, script: number): SecondCounts;
  newTable(): LatencyCounts;
  /** Memory of the tables in use. */
  tableBytes(): number;
  /** Takes a second out, as what the engine is told; a second that nobody counted in is all zeros. */
  take(second: number): readonly ScriptInterval[];
}

/** @throws {RangeError} from `of`, for a script that pgbench was not given. */
export function waitForSeconds(scripts: readonly string[], openLoop: boolean): WaitingSeconds {
  const seconds = new Map<number, SecondCounts[]>();
  const spare: LatencyCounts[] = [];
  let tables = 0;

  const free = (table: LatencyCounts | null) => {
    if (table === null) return;
    tables -= 1;
    clearLatencyCounts(table);
    spare.push(table);
  };

  return {
    seconds,
    of(second, script) {
      let counts = seconds.get(second);
      if (counts === undefined) {
        counts = scripts.map(emptySecond);
        seconds.set(second, counts);
      }
      const own = counts[script];
      if (own !== undefined) return own;
      throw new RangeError(`pgbench tells of script ${script}, and was given ${scripts.length}.`);
    },
    newTable() {
      tables += 1;
      return spare.pop() ?? emptyLatencyCounts();
    },
    tableBytes: () => tables * LATENCY_COUNTS_BYTES,
    take(second) {
      const counts = seconds.get(second) ?? scripts.map(emptySecond);
      seconds.delete(second);
      const intervals = counts.map((own, index) => toInterval(scripts[index]!, own, openLoop));
      for (const { latency, service, lag } of counts) {
        free(latency);
        free(service);
        free(lag);
      }
      return intervals;
    },
  };
}

function emptySecond(): SecondCounts {
  return {
    transactions: 0,
    failed: 0,
    skipped: 0,
    retried: 0,
    unknown: 0,
    latency: null,
    service: null,
    lag: null,
  };
}

function toInterval(script: string, counts: SecondCounts, openLoop: boolean): ScriptInterval {
  const { transactions, failed, skipped, retried, unknown } = counts;
  return {
    script,
    transactions,
    failed,
    skipped,
    retried,
    unknown,
    latency: toHistogram(counts.latency),
    service: openLoop ? toHistogram(counts.service) : null,
    lag: openLoop ? toHistogram(counts.lag) : null,
  };
}
