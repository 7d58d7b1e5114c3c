import { commonRate, UNIT_WORDS } from "../../src/record/load-kind.ts";
import { useState } from "preact/hooks";
import type { TrialAnalysis } from "../../src/analysis/model.ts";
import { formatDurationMs, formatNumber } from "../../src/lib/units.ts";
import { formatClock } from "../../src/report/figures/timeline.ts";
import { listReasons } from "../../src/findings/judge-validity.ts";
import { Badge, toneOf } from "./badge.tsx";
import { Prose } from "./prose.tsx";

interface Column {
  readonly title: string;
  readonly number: boolean;
  readonly key: (trial: TrialAnalysis) => number | string | null;
}

const NONE: ReadonlySet<string> = new Set();
const GRADES = ["invalid", "degraded", "valid"];

/** Its title is what the trials count per second. */
const RATE = "rate";

const COLUMNS: readonly Column[] = [
  { title: "at", number: true, key: ({ window }) => window?.startMs ?? null },
  { title: "curve", number: false, key: ({ planned }) => planned.curveTitle },
  { title: "load", number: true, key: ({ planned }) => planned.rateTps ?? planned.clients },
  { title: "rep.", number: true, key: ({ planned }) => planned.repetition },
  { title: RATE, number: true, key: ({ throughputTps }) => throughputTps },
  { title: "p50", number: true, key: ({ latency }) => latency.p50Ms },
  { title: "p95", number: true, key: ({ latency }) => latency.p95Ms },
  { title: "p99", number: true, key: ({ latency }) => latency.p99Ms },
  { title: "failed", number: true, key: ({ failed }) => failed },
  { title: "steady state", number: false, key: ({ steady }) => steady.is },
  { title: "validity", number: false, key: ({ validity }) => GRADES.indexOf(validity.is) },
];

/** Every trial, sortable by each column, with every reason against believing it. */
export function Trials(props: {
  readonly trials: readonly TrialAnalysis[];
  readonly onChoose: (trial: string) => void;
}) {
  const [{ column, down }, sortBy] = useState({ column: 0, down: false });
  const rows = props.trials.toSorted(
    (a, b) => compare(COLUMNS[column]!.key(a), COLUMNS[column]!.key(b)) * (down ? -1 : 1),
  );
  const rate = commonRate(props.trials.map(({ unit }) => unit));
  const shared = listReasons(props.trials).filter(({ trials }) => trials === props.trials.length);
  const told = new Set(shared.map(({ gate }) => gate));
  return (
    <>
      {props.trials.length < 2
        ? null
        : shared.map(({ gate, because }) => (
            <p key={gate} class="lead">
              All {props.trials.length} trials: <code>{gate}</code> <Prose text={because} />
            </p>
          ))}
      <div class="table-scroll" role="region" aria-label="Trials" tabIndex={0}>
        <table class="trials">
          <thead>
            <tr>
              {COLUMNS.map(({ title, number }, i) => (
                <th
                  key={title}
                  scope="col"
                  class={number ? "number" : "text"}
                  aria-sort={i !== column ? "none" : down ? "descending" : "ascending"}
                >
                  <button
                    type="button"
                    onClick={() => sortBy({ column: i, down: i === column && !down })}
                  >
                    {title === RATE ? rate : title}
                    <span class="arrow" aria-hidden="true">
                      {i !== column ? "" : down ? "↓" : "↑"}
                    </span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((trial) => (
              <TrialRow
                key={trial.planned.id}
                trial={trial}
                told={props.trials.length < 2 ? NONE : told}
                onChoose={props.onChoose}
              />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function TrialRow(props: {
  readonly trial: TrialAnalysis;
  /** Gates that speak against every trial, told once above. */
  readonly told: ReadonlySet<string>;
  readonly onChoose: (trial: string) => void;
}) {
  const { planned, unit, window, throughputTps, latency, failed, steady, validity } = props.trial;
  const reasons = validity.reasons.filter(({ gate }) => !props.told.has(gate));
  const ms = (value: number | null) => (value === null ? "–" : formatDurationMs(value));
  return (
    <>
      <tr id={`trial-${planned.id}`}>
        <td class="number">
          {window === null ? (
            "–"
          ) : (
            <a
              href="#timeline"
              title="Show on the time axis"
              onClick={() => props.onChoose(planned.id)}
            >
              {formatClock(window.startMs)}
            </a>
          )}
        </td>
        <td class="text">{planned.curveTitle}</td>
        <td class="number">
          {formatNumber(planned.rateTps ?? planned.clients)}
          {planned.rateTps === null ? "" : ` ${UNIT_WORDS[unit].perSecond}`}
        </td>
        <td class="number">{planned.repetition}</td>
        <td class="number">
          <b>{throughputTps === null ? "–" : formatNumber(throughputTps)}</b>
        </td>
        <td class="number">{ms(latency.p50Ms)}</td>
        <td class="number">{ms(latency.p95Ms)}</td>
        <td class="number">{ms(latency.p99Ms)}</td>
        <td class="number">{formatNumber(failed)}</td>
        <td class="text" title={steady.because}>
          {steady.is.replace("-", " ")}
        </td>
        <td class="text">
          <Badge tone={toneOf(validity.is)}>{validity.is}</Badge>
        </td>
      </tr>
      {reasons.length === 0 ? null : (
        <tr class="reasons">
          <td />
          <td colSpan={COLUMNS.length - 1}>
            {reasons.map(({ gate, because }) => (
              <span key={gate}>
                <code>{gate}</code> <Prose text={because} />{" "}
              </span>
            ))}
          </td>
        </tr>
      )}
    </>
  );
}

function compare(a: number | string | null, b: number | string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return typeof a === "number" && typeof b === "number"
    ? a - b
    : String(a).localeCompare(String(b), "en", { numeric: true });
}
