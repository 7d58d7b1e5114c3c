import type { Clock } from "../lib/clock.ts";
import { OWN_HOST, type SeriesHeader, type SeriesLine } from "../record/series-format.ts";
import { roundMs } from "./round-ms.ts";

/** The probes' own cost, read by the observer's audit. */
const SAMPLER_HEADER: SeriesHeader = {
  probe: "sampler",
  summary: "What reading the probes took.",
  source: "measured around each read",
  everyMs: 5000,
  keyed: true,
  series: {
    queries: { unit: "count", kind: "counter", doc: "Reads so far." },
    waitMs: { unit: "ms", kind: "counter", doc: "Time from asking to the answer, summed." },
  },
};

/** Counts what each probe's readings took. */
export interface ReadingCost {
  add(probe: string, waitMs: number): void;
  /** Tells it at its pace, until the signal ends it. */
  tell(signal: AbortSignal): Promise<void>;
  tellOnce(): void;
}

export function readingCost({
  clock,
  series,
  seriesHeader,
}: {
  readonly clock: Clock;
  readonly series: (probe: string, line: SeriesLine) => void;
  readonly seriesHeader: (header: SeriesHeader) => void;
}): ReadingCost {
  const spent = new Map<string, { queries: number; waitMs: number }>();
  seriesHeader(SAMPLER_HEADER);
  const tellOnce = () => {
    const k = Object.fromEntries(
      [...spent].map(([id, { queries, waitMs }]) => [id, { queries, waitMs: roundMs(waitMs) }]),
    );
    series(SAMPLER_HEADER.probe, { t: roundMs(clock.now()), on: OWN_HOST, k });
  };
  return {
    add(probe, waitMs) {
      const before = spent.get(probe) ?? { queries: 0, waitMs: 0 };
      spent.set(probe, { queries: before.queries + 1, waitMs: before.waitMs + waitMs });
    },
    async tell(signal) {
      while (!signal.aborted) {
        tellOnce();
        await clock.sleep(SAMPLER_HEADER.everyMs, signal).catch(() => undefined); // Stopped.
      }
    },
    tellOnce,
  };
}
