import { useContext, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Figure } from "../../src/report/figures/figure.ts";
import { formatClock, PANEL_EDGES_PX } from "../../src/report/figures/timeline.ts";
import { loadText } from "../../src/report/load-text.ts";
import type { ReportModel } from "../../src/report/model.ts";
import { connect, type EChartsType } from "./echarts.ts";
import { FigureView } from "./figure-view.tsx";
import { ThemeContext } from "./theme-context.ts";

const GROUP = "timeline";
/** What is shown left and right of a trial when it is zoomed to. */
const MARGIN_MS = 3000;

interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** All panels over one time axis: pointer and zoom are common, trials are in the ribbon above. */
export function Timeline(props: {
  readonly model: ReportModel;
  readonly figures: readonly Figure[];
  /** Trial that another part of the page wants to see. */
  readonly wanted: string | null;
}) {
  const { model, figures, wanted } = props;
  const whole = useMemo(() => ({ startMs: 0, endMs: Math.max(1, model.run.durationMs) }), [model]);
  const [span, setSpan] = useState<Span>(whole);
  const charts = useRef(new Set<EChartsType>());

  const onReady = (chart: EChartsType) => {
    const known = charts.current;
    for (const old of known) if (old.isDisposed()) known.delete(old);
    known.add(chart);
    connect(GROUP);
    chart.on("datazoom", () => setSpan(readSpan(chart) ?? whole));
  };
  const zoomTo = ({ startMs, endMs }: Span) => {
    const live = [...charts.current].find((chart) => !chart.isDisposed());
    // The others of the group follow.
    live?.dispatchAction({ type: "dataZoom", startValue: startMs, endValue: endMs });
    setSpan({ startMs, endMs });
  };
  const zoomToTrial = (id: string) => {
    const window = model.trials.find(({ planned }) => planned.id === id)?.window;
    if (window == null) return;
    zoomTo({
      startMs: Math.max(0, window.startMs - MARGIN_MS),
      endMs: Math.min(whole.endMs, window.endMs + MARGIN_MS),
    });
  };
  const zoomBy = (factor: number) => {
    const middle = (span.startMs + span.endMs) / 2;
    const half = Math.max(1500, ((span.endMs - span.startMs) / 2) * factor);
    zoomTo({ startMs: Math.max(0, middle - half), endMs: Math.min(whole.endMs, middle + half) });
  };
  useEffect(() => {
    if (wanted !== null) zoomToTrial(wanted);
  }, [wanted]);

  return (
    <>
      <div class="ribbon-row">
        <div class="zoom" role="group" aria-label="Zoom of the time axis">
          <button type="button" onClick={() => zoomTo(whole)}>
            Whole run
          </button>
          <button type="button" aria-label="Zoom in" onClick={() => zoomBy(0.5)}>
            +
          </button>
          <button type="button" aria-label="Zoom out" onClick={() => zoomBy(2)}>
            −
          </button>
          <span class="span" aria-live="polite">
            {formatClock(span.startMs)} to {formatClock(span.endMs)}
          </span>
          <RibbonKey model={model} />
        </div>
        <Ribbon model={model} span={span} onChoose={zoomToTrial} />
      </div>
      {figures.map((figure) => (
        <FigureView key={figure.id} figure={figure} group={GROUP} onReady={onReady} />
      ))}
    </>
  );
}

/** The same colour as the curve's line in the panel of throughput. */
function useCurveColors({ curves }: ReportModel): (curve: string) => string {
  const { categorical } = useContext(ThemeContext);
  const names = curves.map(({ curve }) => curve).toSorted();
  return (curve) => categorical[Math.max(0, names.indexOf(curve)) % categorical.length]!;
}

function RibbonKey({ model }: { readonly model: ReportModel }) {
  const colorOf = useCurveColors(model);
  return (
    <span class="ribbon-key">
      {model.curves.map(({ curve, title }) => (
        <span key={curve}>
          <i style={{ "--curve": colorOf(curve) }} />
          {title}
        </span>
      ))}
      <span>number: clients or rate</span>
    </span>
  );
}

/** One button per trial, above its band in every panel. */
function Ribbon(props: {
  readonly model: ReportModel;
  readonly span: Span;
  readonly onChoose: (trial: string) => void;
}) {
  const { model, span, onChoose } = props;
  const wide = span.endMs - span.startMs;
  const percent = (ms: number) => ((ms - span.startMs) / wide) * 100;
  const colorOf = useCurveColors(model);
  return (
    <div
      class="ribbon"
      role="group"
      aria-label="Trials on the time axis"
      style={{ marginLeft: `${PANEL_EDGES_PX.left}px`, marginRight: `${PANEL_EDGES_PX.right}px` }}
    >
      {model.trials.map(({ planned, unit, window, validity }) => {
        if (window === null || window.endMs < span.startMs || window.startMs > span.endMs) {
          return null;
        }
        const left = Math.max(0, percent(window.startMs));
        const right = Math.min(100, percent(window.endMs));
        return (
          <button
            key={planned.id}
            type="button"
            class={`band ${validity.is}`}
            style={{
              left: `${left}%`,
              width: `${Math.max(0.4, right - left)}%`,
              "--curve": colorOf(planned.curve),
            }}
            title={`${planned.curveTitle}, ${loadText({ ...planned, unit })}, repetition ${planned.repetition}: ${validity.is}`}
            aria-label={`Zoom to ${planned.curveTitle}, ${loadText({ ...planned, unit })}, repetition ${planned.repetition}, ${validity.is}`}
            onClick={() => onChoose(planned.id)}
          >
            <span>{planned.rateTps ?? planned.clients}</span>
          </button>
        );
      })}
    </div>
  );
}

function readSpan(chart: EChartsType): Span | null {
  const option = chart.getOption() as {
    dataZoom?: { startValue?: number; endValue?: number }[];
  };
  const { startValue, endValue } = option.dataZoom?.[0] ?? {};
  return startValue === undefined || endValue === undefined
    ? null
    : { startMs: startValue, endMs: endValue };
}
