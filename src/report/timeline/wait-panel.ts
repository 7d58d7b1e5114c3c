import type { RunRecord } from "../../record/run-record.ts";
import type { TimelinePanel, TimelineSeries } from "../model.ts";
import { instancesOf } from "./read-series.ts";

const PROBE = "pg-waits";
const SERIES = "sessions";

/** Client sessions that run a statement, by class of what they wait for, stacked. */
export function buildWaitPanel(record: RunRecord): TimelinePanel[] {
  return instancesOf(record, PROBE).flatMap(([on, { t, keyed }], i) => {
    const byClass = new Map<string, (number | null)[]>();
    for (const [key, series] of keyed) {
      const waitClass = waitClassOf(key);
      const v = series.get(SERIES);
      if (v === undefined || waitClass === null) continue;
      const sum = byClass.get(waitClass);
      byClass.set(waitClass, sum === undefined ? [...v] : sum.map((x, i) => add(x, v[i] ?? null)));
    }
    const series: TimelineSeries[] = [...byClass]
      .toSorted(([a, av], [b, bv]) => rankOf(a) - rankOf(b) || total(bv) - total(av))
      .map(([waitClass, v]) => ({ name: waitClass, unit: "sessions", t, v }));
    const title = "Active sessions by what they wait for";
    return series.length === 0
      ? []
      : [
          {
            id: i === 0 ? "waits" : `waits-${on}`,
            title: i === 0 ? title : `${title}: ${on}`,
            unit: "sessions",
            stacked: true,
            series,
          },
        ];
  });
}

/**
 * The class of a key of `pg-waits`: `LWLock` of `LWLock:WALWrite`, `CPU` of `CPU*`; `null` for
 * sessions that run nothing (`idle:ClientRead`) and for background processes (`walwriter/…`).
 */
export function waitClassOf(key: string): string | null {
  const statement = key.replace(/^parallel worker\//, "");
  if (statement.includes("/") || /^(idle|starting|disabled)/.test(statement)) return null;
  return statement.split(":", 1)[0]!.replace("*", "");
}

function rankOf(waitClass: string): number {
  return waitClass === "CPU" ? 0 : 1;
}

function add(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}

function total(v: readonly (number | null)[]): number {
  return v.reduce<number>((sum, x) => sum + (x ?? 0), 0);
}
