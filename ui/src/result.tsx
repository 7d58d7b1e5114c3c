import { UNIT_WORDS } from "../../src/record/load-kind.ts";
import { formatDurationMs, formatNumber } from "../../src/lib/units.ts";
import { loadText } from "../../src/report/load-text.ts";
import type { Headline, ReportModel } from "../../src/report/model.ts";
import type { ChapterSection } from "../../src/report/chapter.ts";
import type { Report } from "../../src/report/compose-report.ts";
import type { LeadFigure } from "../../src/report/summary/model.ts";
import { Blocks } from "./chapter.tsx";
import { Badge, toneOf } from "./badge.tsx";
import { VERDICTS } from "./verdict-words.ts";
import { DataTable } from "./data-table.tsx";
import { Prose } from "./prose.tsx";

/** What stands behind the first screen: every figure, every objective, every step. */
export function Result({ report }: { readonly report: Report }) {
  const { model, chapters } = report;
  const { headlines, objectives, next } = model;
  return (
    <>
      {headlines.length === 0 &&
      chapters.length > 0 &&
      model.curves.length === 0 ? null : headlines.length === 0 ? (
        <p class="nothing">
          {model.trials.length === 0
            ? "No load was put on: the servers were watched while others used them."
            : "Nothing valid was measured, so there is no figure to headline."}
        </p>
      ) : (
        headlines.map((headline) => (
          <HeadlineView key={headline.curve} headline={headline} model={model} />
        ))
      )}
      {chapters.flatMap(({ id, sections }) =>
        sections.map((section) => (
          <SectionHeadline key={section.stage} chapter={id} section={section} />
        )),
      )}
      {objectives.length === 0 ? null : <Objectives objectives={objectives} />}
      <div class="columns">
        <div>
          <h3 id="all-steps">Every step</h3>
          {next.length === 0 ? (
            <p>Nothing that this run can tell.</p>
          ) : (
            <ol class="next">
              {next.map((step) => (
                <li key={step}>
                  <Prose text={step} />
                </li>
              ))}
            </ol>
          )}
        </div>
        <div>
          <h3>How far to trust it</h3>
          <Trust model={model} />
        </div>
      </div>
    </>
  );
}

/** Of trials their validity; of servers that were only watched, what could not be seen. */
function Trust({ model: { validity, trials, notSeen } }: { readonly model: ReportModel }) {
  if (trials.length === 0) {
    return (
      <p>
        <Prose text={validity.sentence} />{" "}
        {notSeen.length === 0 ? (
          "Everything that was asked for was read."
        ) : (
          <a href="#not-seen">Some things could not be seen.</a>
        )}
      </p>
    );
  }
  return (
    <>
      <p class="grades">
        {validity.valid === 0 ? null : (
          <Badge tone="good">{formatNumber(validity.valid)} valid</Badge>
        )}{" "}
        {validity.degraded === 0 ? null : (
          <Badge tone="open">{formatNumber(validity.degraded)} with reservations</Badge>
        )}{" "}
        {validity.invalid === 0 ? null : (
          <Badge tone="bad">{formatNumber(validity.invalid)} invalid</Badge>
        )}
      </p>
      <p>
        <Prose text={validity.sentence} /> <a href="#trials">See the trials.</a>
      </p>
    </>
  );
}

function HeadlineView(props: { readonly headline: Headline; readonly model: ReportModel }) {
  const { headline, model } = props;
  const { throughputTps: tps } = headline;
  const title = model.curves.find(({ curve }) => curve === headline.curve)?.title ?? headline.curve;
  return (
    <article class="headline" aria-label={headline.sentence}>
      <h3>
        {title}{" "}
        <span class="at">
          {headline.sustainable ? "best sustained throughput" : "best throughput"}, at{" "}
          {loadText(headline)}
        </span>{" "}
        {headline.sustainable ? null : <Badge tone="open">no steady state shown</Badge>}
      </h3>
      <div class="headline-body">
        <p class="figure-line">
          <span class="huge">{formatNumber(tps.value)}</span>
          <span class="unit">{UNIT_WORDS[headline.unit].many}/s</span>
          <span class="interval">
            {tps.low === null || tps.high === null ? (
              "no interval: too few repetitions"
            ) : (
              <>
                <b>
                  {formatNumber(tps.low)} to {formatNumber(tps.high)}
                </b>
                <span class="method">{tps.method}</span>
              </>
            )}
          </span>
        </p>
        <dl class="quantiles">
          {(["p50", "p95", "p99"] as const).map((name) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{latencyText(headline[`${name}Ms`])}</dd>
            </div>
          ))}
        </dl>
        <dl class="facts">
          <dt>Knee</dt>
          <dd>
            <Prose text={headline.knee} />
          </dd>
          <dt>Held back by</dt>
          <dd>
            <Prose text={headline.heldBack} />{" "}
            {headline.heldBackFinding === null ? null : (
              <a href={`#finding-${headline.heldBackFinding}`}>Evidence</a>
            )}
          </dd>
        </dl>
      </div>
    </article>
  );
}

/** A stage in few words, with the way to the rest. */
function SectionHeadline(props: { readonly chapter: string; readonly section: ChapterSection }) {
  const { title, front, lead } = props.section;
  if (front === undefined) return null;
  return (
    <article class="headline" aria-label={title}>
      <h3>
        {title} <a href={`#${props.chapter}`}>{front.link}</a>
      </h3>
      {lead === undefined ? null : <LeadLine figure={lead} />}
      <Blocks blocks={front.blocks} figures={[]} />
    </article>
  );
}

function LeadLine({ figure: { of, value, unit, range } }: { readonly figure: LeadFigure }) {
  return (
    <p class="figure-line">
      <span class="huge">{value}</span>
      <span class="unit">{unit}</span>
      <span class="interval">
        {of}
        {range === null ? null : <span class="method">{range}</span>}
      </span>
    </p>
  );
}

function latencyText(ms: number | null) {
  if (ms === null) return <span class="missing">too few samples</span>;
  const text = formatDurationMs(ms);
  const [value, unit] = text.split(" ");
  return (
    <>
      {value} <span class="unit">{unit}</span>
      {text.split(" ").slice(2).join(" ")}
    </>
  );
}

function Objectives({ objectives }: Pick<ReportModel, "objectives">) {
  return (
    <>
      <h3>Objectives</h3>
      <DataTable
        label="Objectives"
        columns={["objective", "wanted", "found", "verdict", "because"]}
        text={[0, 1, 2, 3, 4]}
        rows={objectives.map(({ objective, wanted, found, verdict, because }) => [
          <b>{objective}</b>,
          wanted,
          found ?? "–",
          <Badge tone={toneOf(verdict)}>{VERDICTS[verdict].toLowerCase()}</Badge>,
          <Prose text={because} />,
        ])}
      />
    </>
  );
}
