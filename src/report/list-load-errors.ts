import type { TrialAnalysis } from "../analysis/model.ts";
import { tellScriptError } from "../lib/script-error-text.ts";
import { formatDurationMs, formatNumber } from "../lib/units.ts";
import type { ErrorSeen, RunEvent } from "../record/events.ts";
import { count } from "./phrases.ts";

/** One kind of error over the whole run, in the words of the first. */
export interface LoadErrorRow extends ErrorSeen {
  /** `dry pass`: the one time that a script was run before the load. */
  readonly seenIn: "load" | "dry pass";
  readonly count: number;
  /** Ids of the trials that met it. */
  readonly trials: readonly string[];
  /** Since the run began. */
  readonly firstMs: number;
  readonly lastMs: number;
}

/** What went wrong in the load: first what no script could do, then the errors by how often they came. */
export function listLoadErrors(
  trials: readonly TrialAnalysis[],
  events: readonly RunEvent[],
): LoadErrorRow[] {
  const rows = new Map<string, LoadErrorRow>();
  for (const { planned, outcome } of trials) {
    for (const error of outcome?.errors ?? [])
      add(rows, { ...error, seenIn: "load", trials: [planned.id] });
  }
  const load = [...rows.values()].toSorted((a, b) => b.count - a.count);
  // What the load met too is told there, with how often.
  const before = dryPassErrors(events).filter((row) => !rows.has(kindOf(row)));
  return [...before, ...load];
}

function dryPassErrors(events: readonly RunEvent[]): LoadErrorRow[] {
  return events.flatMap((event) =>
    event.kind === "dry-pass"
      ? event.errors.map((error) => ({
          ...error,
          seenIn: "dry pass" as const,
          count: 1,
          trials: [],
          firstMs: event.atMs,
          lastMs: event.atMs,
        }))
      : [],
  );
}

function add(rows: Map<string, LoadErrorRow>, row: LoadErrorRow): void {
  const key = kindOf(row);
  const known = rows.get(key);
  if (known === undefined) return void rows.set(key, row);
  rows.set(key, {
    ...known,
    count: known.count + row.count,
    trials: [...known.trials, ...row.trials],
    firstMs: Math.min(known.firstMs, row.firstMs),
    lastMs: Math.max(known.lastMs, row.lastMs),
  });
}

function kindOf({ sqlState, message, script, statement }: ErrorSeen): string {
  return [sqlState ?? message, script, statement].join(" ");
}

/** `105,984 × deposit.sql:3: relation "t" does not exist (SQLSTATE 42P01), in 2 trials.` */
export function tellLoadError(row: LoadErrorRow): string {
  const { seenIn, trials } = row;
  const times = seenIn === "load" ? `${formatNumber(row.count)} × ` : "Before the load: ";
  const where = trials.length === 0 ? "" : `, in ${count(trials.length, "trial")}`;
  return `${times}${tellScriptError(row)}${where}.`;
}

/** `deposit.sql:3`. */
export function placeOfError({ script, line }: Pick<ErrorSeen, "script" | "line">): string {
  if (script === null) return "–";
  return line === null ? script : `${script}:${line}`;
}

/** `2.4 s to 7.5 s`, since the run began. */
export function tellWhen({ firstMs, lastMs }: Pick<LoadErrorRow, "firstMs" | "lastMs">): string {
  return firstMs === lastMs
    ? formatDurationMs(firstMs)
    : `${formatDurationMs(firstMs)} to ${formatDurationMs(lastMs)}`;
}
