import type { Evidence } from "../analysis/evidence.ts";
import type { JudgedLoad } from "./windows.ts";
import { sinceFall } from "../analysis/storage-level.ts";
import { WEIGHT_MIN } from "../analysis/thresholds.ts";
import { unknown } from "./answers.ts";
import { withoutUnread } from "./not-read.ts";
import type { Answer, Rule } from "./rule.ts";

type Failed = Extract<Answer, { is: "fail" }>;

/** An answer with the window and the load that it speaks of. */
export interface Placed<T extends Answer = Answer> {
  readonly answer: T;
  readonly at: string | null;
  readonly startMs: number;
  readonly endMs: number;
  /** The load was pgdyno's own: it can be brought about again. */
  readonly isLoadOurs: boolean;
}

/**
 * One answer of a rule over all loads. At a load most windows decide; a failure that only some of
 * them show is unknown. Over loads the heaviest failure speaks, then what is unknown at any of them:
 * a pass is one at every load.
 */
export function askRule(rule: Rule, loads: readonly JudgedLoad[]): Placed {
  const answers = loads.map((load) => askAtLoad(rule, load));
  const failures = answers.filter(isFailed);
  const heaviest = failures.reduce<Placed<Failed> | null>(
    (most, one) => (most === null || isHeavier(one.answer, most.answer) ? one : most),
    null,
  );
  if (heaviest !== null) return heaviest;
  const unknowns = answers.filter(({ answer }) => answer.is === "unknown");
  const any = unknowns.find(({ answer }) => isSeenOnce(answer)) ?? unknowns[0] ?? answers[0];
  if (any !== undefined) return any;
  return {
    answer: unknown("No window was measured."),
    at: null,
    startMs: 0,
    endMs: 0,
    isLoadOurs: false,
  };
}

function askAtLoad(rule: Rule, { at, windows }: JudgedLoad): Placed {
  const answers = windows.map((window) => {
    const evidence = rule.isOfLastLevel === true ? sinceFall(window) : window;
    const { startMs, endMs, trial } = evidence;
    return { answer: ask(rule, evidence), at, startMs, endMs, isLoadOurs: trial !== null };
  });
  const failures = answers.filter(isFailed).sort((a, b) => a.answer.weight - b.answer.weight);
  if (failures.length * 2 > answers.length) {
    const middle = failures[Math.floor(failures.length / 2)]!;
    const isConfirmed =
      failures.filter(({ answer }) => answer.confidence === "confirmed").length * 2 >
      failures.length;
    const confidence = isConfirmed ? "confirmed" : "suspected";
    return { ...middle, answer: { ...middle.answer, confidence } };
  }
  const failed = failures.at(-1);
  if (failed !== undefined) {
    const { because, evidence } = failed.answer;
    const seen = `${SEEN_IN}${failures.length} of ${answers.length} windows: ${because}`;
    return { ...failed, answer: unknown(seen, evidence) };
  }
  const passes = answers.filter(({ answer }) => answer.is === "pass");
  const isPass = passes.length * 2 >= answers.length;
  return isPass ? passes[0]! : answers.find(({ answer }) => answer.is === "unknown")!;
}

const SEEN_IN = "Seen in only ";

/** Failed in some windows, but not in most. */
export function isSeenOnce({ because }: Answer): boolean {
  return because.startsWith(SEEN_IN);
}

/** A rule that throws is a bug in the rule; the others are still asked. */
function ask(rule: Rule, evidence: Evidence): Answer {
  try {
    return withoutUnread(rule, withCause(rule, rule.judge(evidence)), evidence);
  } catch (error) {
    return unknown(
      `This rule failed, please report it: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** What explains none of the time, or next to none, is no cause, whatever else speaks for it. */
function withCause(rule: Rule, answer: Answer): Answer {
  if (answer.is !== "fail" || (answer.kind ?? rule.kind) === "aside") return answer;
  return answer.weight >= WEIGHT_MIN
    ? answer
    : unknown(`${answer.because} It explains next to nothing of the time.`, answer.evidence);
}

function isFailed(placed: Placed): placed is Placed<Failed> {
  return placed.answer.is === "fail";
}

export function isHeavier(a: Failed, b: Failed): boolean {
  if (a.confidence !== b.confidence) return a.confidence === "confirmed";
  return a.weight > b.weight;
}
