import type { InstanceSeries, RunRecord } from "../../record/run-record.ts";
import { instancesOf, type Line } from "./read-series.ts";

/** One standby over the whole run, whoever sent it its WAL: a sender is another process after each reconnect. */
export interface StandbyLines {
  /** Its `application_name`: the instance's name in a cluster of pgdyno's. */
  readonly name: string;
  readonly t: readonly number[];
  /** Value of a series of `pg-replication` by instant; `null` while the standby was not connected. */
  line(series: string): Line;
}

const PROBE = "pg-replication";
/** More time than that between two readings is a gap: nobody sent it anything. */
const GAP_INTERVALS = 2.5;

/** Every standby that streamed or caught up at some time, by name. */
export function readStandbys(record: RunRecord): StandbyLines[] {
  const everyMs = record.probes.get(PROBE)?.header.everyMs ?? 1000;
  const senders = new Map<string, Sender[]>();
  for (const [, instance] of instancesOf(record, PROBE)) {
    for (const [key, values] of instance.keyed) {
      const name = instance.labels.get(key)?.["application"] ?? key;
      senders.set(name, [...(senders.get(name) ?? []), { instance, values }]);
    }
  }
  return [...senders]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, all]) => {
      const seen = instantsOf(all, everyMs * GAP_INTERVALS);
      if (!seen.some(({ from }) => from !== null)) return [];
      const t = seen.map(({ t }) => t);
      return [
        {
          name,
          t,
          line: (series: string) => ({
            t,
            v: seen.map(({ from, at }) => from?.values.get(series)?.[at] ?? null),
          }),
        },
      ];
    });
}

interface Sender {
  readonly instance: InstanceSeries;
  readonly values: ReadonlyMap<string, readonly (number | null)[]>;
}

interface Instant {
  readonly t: number;
  /** `null`: not connected. */
  readonly from: Sender | null;
  readonly at: number;
}

/** Where several senders are known at an instant, the first counts: an old one times out late. */
function instantsOf(senders: readonly Sender[], gapMs: number): readonly Instant[] {
  const byTime = new Map<number, Instant>();
  for (const from of senders) {
    from.instance.t.forEach((t, at) => {
      if (isConnected(from.values, at) && !byTime.has(t)) byTime.set(t, { t, from, at });
    });
  }
  const ascending = [...byTime.values()].toSorted((a, b) => a.t - b.t);
  return ascending.flatMap((instant, i) => {
    const before = ascending[i - 1];
    return before !== undefined && instant.t - before.t > gapMs
      ? [{ t: before.t + 1, from: null, at: 0 }, instant]
      : [instant];
  });
}

/** A sender that is not there reads as 0 in all; one that is there has had a reply, or lags. */
function isConnected(values: Sender["values"], at: number): boolean {
  return ["isStreaming", "replyAgeMs", "replayLagBytes"].some((series) => {
    const value = values.get(series)?.[at] ?? null;
    return value !== null && value !== 0;
  });
}
