import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { formatDurationMs } from "../../src/lib/units.ts";
import type { Report } from "../../src/report/compose-report.ts";
import type { ReportModel } from "../../src/report/model.ts";
import { choosePicture } from "../../src/report/summary/choose-picture.ts";
import { ChapterView } from "./chapter.tsx";
import { Contents } from "./contents.tsx";
import { Downloads } from "./downloads.tsx";
import { Facts } from "./facts.tsx";
import { FigureView } from "./figure-view.tsx";
import { FirstScreen } from "./first-screen.tsx";
import { Findings } from "./findings.tsx";
import { LoadErrors } from "./load-errors.tsx";
import { Prose } from "./prose.tsx";
import { Result } from "./result.tsx";
import { Section } from "./section.tsx";
import { Settings } from "./settings.tsx";
import { ThemeContext } from "./theme-context.ts";
import { Timeline } from "./timeline.tsx";
import { Trials } from "./trials.tsx";
import { useTheme, type ThemeChoice } from "./use-theme.ts";

interface Part {
  readonly id: string;
  readonly title: string;
  readonly lead?: string;
  readonly content: ComponentChildren;
}

/** The whole report. */
export function App({ report }: { readonly report: Report }) {
  const { model } = report;
  const { theme, choice, next } = useTheme();
  const [wanted, want] = useState<string | null>(null);
  const parts = listParts(report, wanted, want);
  const entries = useMemo(() => parts.map(({ id, title }) => ({ id, title })), [model]);
  return (
    <ThemeContext.Provider value={theme}>
      <a class="skip" href="#main">
        Skip to the result
      </a>
      <Masthead model={model} choice={choice} onTheme={next} />
      <div class="page">
        <Contents entries={entries} />
        <main id="main" tabIndex={-1}>
          {parts.map(({ id, title, lead, content }, i) => (
            <Section
              key={id}
              id={id}
              number={i + 1}
              title={title}
              {...(lead === undefined ? {} : { lead })}
            >
              {content}
            </Section>
          ))}
        </main>
      </div>
      <footer>
        Made by pgdyno {model.run.pgdynoVersion} from record <code>{model.run.id}</code>, seed{" "}
        <code>{model.run.seed}</code>. This file holds all of its data and loads nothing.
      </footer>
    </ThemeContext.Provider>
  );
}

function Masthead(props: {
  readonly model: ReportModel;
  readonly choice: ThemeChoice;
  readonly onTheme: () => void;
}) {
  const { run, server } = props.model;
  return (
    <header class="masthead">
      <div class="masthead-line">
        <span class="mark">pgdyno</span>
        <button type="button" class="theme" onClick={props.onTheme}>
          <span class="visually-hidden">Change theme; now: </span>
          {{ system: "◐ system", light: "○ light", dark: "● dark" }[props.choice]}
        </button>
      </div>
      <h1>{run.name}</h1>
      <p class="run-line">
        {server === null ? null : <span>PostgreSQL {server.version}</span>}
        <span>
          <time dateTime={run.startedAtUtc}>
            {run.startedAtUtc.slice(0, 10)} {run.startedAtUtc.slice(11, 16)} UTC
          </time>
        </span>
        <span>{formatDurationMs(run.durationMs)}</span>
        {run.quick ? <span>quick run</span> : null}
        {run.status === "finished" ? null : <span class="alarm">{run.status}</span>}
      </p>
      {run.statusBecause === null ? null : (
        <p class="alarm">
          <Prose text={run.statusBecause} />
        </p>
      )}
    </header>
  );
}

function listParts(report: Report, wanted: string | null, want: (trial: string) => void): Part[] {
  const { model, chapters, figures } = report;
  const of = (...groups: string[]) => figures.filter(({ group }) => groups.includes(group));
  const some = (condition: boolean, part: Part) => (condition ? [part] : []);
  return [
    {
      id: "result",
      title: "Result",
      content: <FirstScreen model={model} picture={choosePicture(report)} />,
    },
    { id: "details", title: "The result in detail", content: <Result report={report} /> },
    ...some(model.loadErrors.length > 0, {
      id: "load-errors",
      title: "Errors of the load",
      lead: "What transactions met, in the server's own words: the same error at the same statement is one line.",
      content: <LoadErrors errors={model.loadErrors} />,
    }),
    ...some(of("ladder").length > 0, {
      id: "load",
      title: "Throughput and latency by load",
      lead: "Each dot is a load, its whiskers are the interval over repetitions, and each small ring is one repetition. The dashed curve is the fitted scalability law.",
      content: (
        <div class="figure-grid">
          {of("ladder", "latency").map((figure) => (
            <FigureView key={figure.id} figure={figure} />
          ))}
        </div>
      ),
    }),
    ...chapters.map(({ id, title, lead, sections }) => ({
      id,
      title,
      lead,
      content: <ChapterView sections={sections} figures={figures} />,
    })),
    {
      id: "findings",
      title: "What held it back",
      lead: "Questions that were asked of the record. The first explains most; each shows its evidence, what to do, and what would prove it wrong.",
      content: <Findings findings={model.findings} run={model.run.id} />,
    },
    ...some(of("timeline").length > 0, {
      id: "timeline",
      title: "The run over time",
      lead: "All panels share one time axis. Shaded bands are the measured windows of trials; dotted lines are checkpoints. Choose a trial to zoom to it, drag to move, Ctrl and wheel to zoom.",
      content: <Timeline model={model} figures={of("timeline")} wanted={wanted} />,
    }),
    ...some(model.trials.length > 0, {
      id: "trials",
      title: "Trials",
      content: <Trials trials={model.trials} onChoose={want} />,
    }),
    ...some(of("statements").length > 0, {
      id: "top-statements",
      title: "Top statements",
      content: of("statements").map((figure) => <FigureView key={figure.id} figure={figure} />),
    }),
    ...some(model.server !== null, {
      id: "settings",
      title: "Settings",
      content: model.server === null ? null : <Settings server={model.server} />,
    }),
    { id: "ran-on", title: "What it ran on", content: <Facts model={model} /> },
    {
      id: "not-seen",
      title: "What was not seen",
      content:
        model.notSeen.length === 0 ? (
          <p>Everything that was asked for was read.</p>
        ) : (
          <ul class="not-seen">
            {model.notSeen.map((sentence) => (
              <li key={sentence}>
                <Prose text={sentence} />
              </li>
            ))}
          </ul>
        ),
    },
    {
      id: "experiment",
      title: "Experiment and data",
      content: (
        <>
          <Downloads model={model} />
          <details class="experiment" open>
            <summary>{model.run.experimentFile}</summary>
            <pre tabIndex={0}>
              <code>{model.run.experimentText}</code>
            </pre>
          </details>
        </>
      ),
    },
  ];
}
