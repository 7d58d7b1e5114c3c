import type { VerdictValue } from "../findings/judge-run.ts";
import type { SummaryHeadline } from "../record/run-summary.ts";
import type { LeadFigure } from "./summary/model.ts";

/**
 * What one kind of stage adds to a report, described once: the terminal, Markdown, JUnit and the page
 * render it without knowing the kind. Texts are sentences; what stands in backticks is code.
 */
export interface Chapter {
  /** Of the section in the page: `recovery`. */
  readonly id: string;
  readonly title: string;
  /** What there is to see, for who reads it for the first time. */
  readonly lead: string;
  /** One per stage of this kind, in the order of the experiment; never empty. */
  readonly sections: readonly ChapterSection[];
  /** The name under which JUnit has its `cases`; absent where it has none. */
  readonly suite?: string;
  /** True where a terminal has its lines before the figures of curves: where room is short, they stay. */
  readonly comesFirst?: true;
}

/** What one stage found. */
export interface ChapterSection {
  /** Index of the stage, from 0. */
  readonly stage: number;
  /** Under the title of its chapter. */
  readonly title: string;
  /** Where it stands without its chapter. */
  readonly heading: string;
  /** In few lines: a terminal has no room for all of it. */
  readonly brief: readonly BriefLine[];
  readonly blocks: readonly Block[];
  /** Beside the headlines of curves; absent where there is nothing to say there. */
  readonly front?: Front;
  /** On the first screen, after the headlines; absent where there is none. */
  readonly lead?: LeadFigure;
  /** Its figures in `summary.json`, for lists and histories; absent where there is none. */
  readonly headlines?: readonly SummaryHeadline[];
  /** What held it back, in a sentence; absent where nothing is known. */
  readonly heldBack?: string;
  /** What to do now, the most useful first. */
  readonly steps?: readonly string[];
  /** Why nothing of this run may be believed; absent where this stage says nothing against it. */
  readonly distrust?: string;
  /** Verdicts of its own, for CI. */
  readonly cases?: readonly ChapterCase[];
}

/** A line of its own, or a short name (at most ten letters; empty: it goes on) with what it says. */
export type BriefLine =
  | { readonly is: "title"; readonly text: string }
  | { readonly is: "field"; readonly name: string; readonly words: Words };

/** A text, or its parts; `strong` ones stand out where a format can set them so. */
export type Words = string | readonly (string | Strong)[];

interface Strong {
  readonly strong: string;
}

export type Block =
  | { readonly is: "heading"; readonly text: string }
  | ProseBlock
  | { readonly is: "facts"; readonly facts: readonly Fact[] }
  | TableBlock
  /** By its id; nothing where that figure could not be drawn. */
  | { readonly is: "figure"; readonly id: string }
  | { readonly is: "statements"; readonly items: readonly Words[] };

export interface ProseBlock {
  readonly is: "prose";
  readonly words: Words;
  /** What the reader must see before all of it. */
  readonly mark?: "invalid";
}

export interface Fact {
  readonly name: string;
  readonly text: string;
}

export interface TableBlock {
  readonly is: "table";
  readonly title: string;
  /** True where the title says more than what stands before the table. */
  readonly showsTitle?: true;
  readonly columns: readonly string[];
  /** Columns of text, by index; the others are numbers. */
  readonly text: readonly number[];
  readonly rows: readonly (readonly Words[])[];
}

/** A stage in few words on the page, with a link into its chapter. */
export interface Front {
  readonly link: string;
  readonly blocks: readonly Block[];
}

export interface ChapterCase {
  readonly name: string;
  readonly verdict: VerdictValue;
  readonly because: string;
}

/** Words as a text, with strong ones as a format has them. */
export function renderWords(words: Words, strong: (text: string) => string): string {
  return typeof words === "string"
    ? words
    : words.map((part) => (typeof part === "string" ? part : strong(part.strong))).join("");
}
