import type { InstanceSeries, RunRecord } from "../record/run-record.ts";
import type { TopStatement } from "./model.ts";
import { instancesOf } from "./timeline/read-series.ts";

/** Beyond these nobody reads, and the report grows. */
const STATEMENTS_MAX = 25;

/** The statements that took the server's time over the run, from the keyed probe of statements. */
export function listTopStatements(record: RunRecord, probe = "pg-statements"): TopStatement[] {
  const byText = new Map<string, TopStatement>();
  for (const [, instance] of instancesOf(record, probe)) {
    for (const key of instance.keyed.keys()) {
      const one = readStatement(instance, key);
      if (one === null) continue;
      const before = byText.get(one.text);
      byText.set(one.text, before === undefined ? one : addStatements(before, one));
    }
  }
  return [...byText.values()]
    .filter(({ calls }) => calls > 0)
    .toSorted((a, b) => b.totalMs - a.totalMs)
    .slice(0, STATEMENTS_MAX);
}

function readStatement(instance: InstanceSeries, key: string): TopStatement | null {
  const series = instance.keyed.get(key);
  const grown = (name: string) => growth(series?.get(name));
  const totalMs = grown("totalMs") ?? grown("execMs");
  const calls = grown("calls");
  if (totalMs === null || calls === null) return null;
  const labels = instance.labels.get(key);
  return {
    text: labels?.["query"] ?? `(text not read, query id ${key})`,
    calls,
    totalMs,
    meanMs: calls === 0 ? 0 : totalMs / calls,
    rows: grown("rows"),
    walBytes: grown("walBytes"),
  };
}

function addStatements(a: TopStatement, b: TopStatement): TopStatement {
  const calls = a.calls + b.calls;
  const totalMs = a.totalMs + b.totalMs;
  const sum = (x: number | null, y: number | null) => (x === null || y === null ? null : x + y);
  return {
    text: a.text,
    calls,
    totalMs,
    meanMs: calls === 0 ? 0 : totalMs / calls,
    rows: sum(a.rows, b.rows),
    walBytes: sum(a.walBytes, b.walBytes),
  };
}

/** By how much a counter grew, across resets and gaps; `null` where it was never read. */
function growth(v: readonly (number | null)[] | undefined): number | null {
  const read = (v ?? []).filter((x) => x !== null);
  if (read.length === 0) return null;
  return read.reduce((sum, now, i) => {
    const before = read[i - 1];
    return before === undefined ? sum : sum + (now >= before ? now - before : now);
  }, 0);
}
