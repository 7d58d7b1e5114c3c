import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import type { Figure } from "../../src/report/figures/figure.ts";
import type { ReportModel } from "../../src/report/model.ts";
import { QUESTIONS, TRUST_WORDS } from "../../src/report/summary/words.ts";
import type { LeadFigure, SummaryGoal, Trust } from "../../src/report/summary/model.ts";
import { Chart } from "./chart.tsx";
import { toneOf } from "./badge.tsx";
import { Prose } from "./prose.tsx";
import { VERDICTS } from "./verdict-words.ts";

/** Small enough that the four answers fit on a phone's first screen with it. */
const PICTURE_PX = { wide: 236, narrow: 132 } as const;
/** As in the style sheet. */
const NARROW = "(max-width: 760px)";

const TONES: Readonly<Record<Trust["is"], string>> = {
  yes: "good",
  reserved: "open",
  partly: "open",
  no: "bad",
};

/** What a reader wants before all else, in this order: can I believe it, the answer, what held it back, what next. */
export function FirstScreen(props: {
  readonly model: ReportModel;
  readonly picture: Figure | null;
}) {
  const { model, picture } = props;
  const { trust, answer, heldBack, next } = model.summary;
  const [lead, ...others] = answer.figures;
  return (
    <div class="first-screen">
      <Block
        id="trust"
        title={QUESTIONS.trust}
        link={
          trust.is === "yes" ? null : (
            <a href={model.trials.length === 0 ? "#not-seen" : "#trials"}>Why</a>
          )
        }
      >
        <p>
          <b class={`word ${TONES[trust.is]}`}>{TRUST_WORDS[trust.is]}.</b>{" "}
          <Prose text={trust.because} />
        </p>
      </Block>
      <Block id="answer" title={QUESTIONS.answer}>
        <div class={`answer-body${picture === null ? " alone" : ""}`}>
          <div class="answer-text">
            <p class={`verdict ${toneOf(model.verdict)}`}>
              <b class="word">
                <span aria-hidden="true">
                  {{ pass: "✓", fail: "✕", unknown: "?" }[model.verdict]}
                </span>{" "}
                {VERDICTS[model.verdict]}.
              </b>{" "}
              <Prose text={answer.sentence} />
            </p>
            {lead === undefined ? null : <Lead figure={lead} />}
            {others.map((figure) => (
              <Other key={figure.of} figure={figure} />
            ))}
            {answer.goals.length === 0 ? null : (
              <ul class="goals">
                {answer.goals.map((goal) => (
                  <Goal key={goal.goal} goal={goal} />
                ))}
              </ul>
            )}
          </div>
          {picture === null ? null : <Picture figure={picture} />}
        </div>
      </Block>
      <Block
        id="held-back"
        title={QUESTIONS.heldBack}
        link={
          heldBack.finding === null ? null : <a href={`#finding-${heldBack.finding}`}>Evidence</a>
        }
      >
        <p>
          <Prose text={heldBack.because} />
        </p>
      </Block>
      <Block
        id="next"
        title={QUESTIONS.next}
        link={model.next.length < 2 ? null : <a href="#all-steps">All {model.next.length} steps</a>}
      >
        <p>{next === null ? "Nothing that this run can tell." : <Prose text={next} />}</p>
      </Block>
    </div>
  );
}

function Block(props: {
  readonly id: string;
  readonly title: string;
  /** Where more of it stands. */
  readonly link?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  return (
    <div class="block" id={props.id} role="group" aria-labelledby={`${props.id}-title`}>
      <div class="block-head">
        <h3 id={`${props.id}-title`}>{props.title}</h3>
        {props.link}
      </div>
      {props.children}
    </div>
  );
}

function Lead({ figure }: { readonly figure: LeadFigure }) {
  const { of, value, unit, range, more } = figure;
  return (
    <div class="lead-figure">
      <p class="figure-line">
        <span class="huge">{value}</span> <span class="unit">{unit}</span>
      </p>
      <p class="figure-of">{of}</p>
      {range === null ? null : <p class="figure-more">{range}</p>}
      {more.length === 0 ? null : <p class="figure-more">{more.join(" · ")}</p>}
    </div>
  );
}

function Other({ figure: { of, value, unit, range, more } }: { readonly figure: LeadFigure }) {
  return (
    <p class="other-figure">
      <b>
        {value} {unit}
      </b>
      : {[of, ...more, range ?? []].flat().join(", ")}
    </p>
  );
}

function Goal({ goal: { goal, wanted, found, verdict } }: { readonly goal: SummaryGoal }) {
  return (
    <li class={toneOf(verdict)}>
      <b class="word" aria-hidden="true">
        {{ pass: "✓", fail: "✕", unknown: "?" }[verdict]}
      </b>{" "}
      <span class="visually-hidden">{VERDICTS[verdict]}: </span>
      {goal} <b>{found ?? "not known"}</b>; goal: {wanted}
    </li>
  );
}

function Picture({ figure }: { readonly figure: Figure }) {
  const small = useMemo(() => {
    const mostPx = matchMedia(NARROW).matches ? PICTURE_PX.narrow : PICTURE_PX.wide;
    return { ...figure, heightPx: Math.min(figure.heightPx, mostPx) };
  }, [figure]);
  return (
    <div class="picture">
      <p class="picture-title">{figure.title}</p>
      <Chart figure={small} />
    </div>
  );
}
