import type { Analysis } from "../analysis/model.ts";
import type { RunRecord } from "../record/run-record.ts";
import { askRule, type Placed } from "./ask-rule.ts";
import { concludeNoBottleneck, NO_BOTTLENECK } from "./conclude-no-bottleneck.ts";
import { compareFailures } from "./compare-failures.ts";
import type { Answer, EvidenceItem, Figure, Finding, Rule } from "./rule.ts";
import { experimentThere } from "./experiment-there.ts";
import { judgedLoads } from "./windows.ts";

type Failed = Extract<Answer, { is: "fail" }>;

/**
 * Every rule's answer over a record: failures first, root causes before what they explain,
 * confirmed before suspected, faults before limits, heavier before lighter, asides last; then what is
 * unknown, then what passed.
 *
 * Exactly one finding has rank 1 where any fails; `no-bottleneck` passes only where none does.
 */
export function judgeRecord(
  record: RunRecord,
  analysis: Analysis,
  rules: readonly Rule[],
): Finding[] {
  const loads = judgedLoads(record, analysis);
  const answered = rules.map((rule) => ({ rule, placed: askRule(rule, loads) }));
  const failed = answered.flatMap(({ rule, placed }) =>
    isFailed(placed) && rule.id !== NO_BOTTLENECK ? [{ rule, placed }] : [],
  );
  const ranked = rank(failed);
  const asked = answered.map(({ rule, placed }) => {
    if (rule.id !== NO_BOTTLENECK) return { rule, placed };
    const others = answered.map((one) => ({ id: one.rule.id, answer: one.placed.answer }));
    const answer = concludeNoBottleneck(placed.answer, ranked[0]?.rule.id ?? null, others);
    return { rule, placed: { ...placed, answer } };
  });
  const findings = asked.map(({ rule, placed }) => toFinding(rule, placed, ranked, record));
  const order = (finding: Finding) =>
    finding.rank ?? ranked.length + (finding.verdict === "unknown" ? 1 : 2);
  // The sort is stable: rules keep their order among equals.
  return findings.sort((a, b) => order(a) - order(b));
}

interface Failure {
  readonly rule: Rule;
  readonly placed: Placed<Failed>;
}

/** Takes, again and again, the heaviest of those that nothing left explains. */
function rank(failures: readonly Failure[]): Failure[] {
  const left = [...failures];
  const ranked: Failure[] = [];
  while (left.length > 0) {
    const isFree = ({ rule }: Failure) =>
      !left.some((other) => other.rule !== rule && explains(other, rule));
    const free = left.filter(isFree);
    // Rules that explain one another in a circle: then weight alone decides.
    const candidates = free.length > 0 ? free : left;
    const next = candidates.reduce((most, one) => (isBefore(one, most) ? one : most));
    ranked.push(next);
    left.splice(left.indexOf(next), 1);
  }
  return ranked;
}

function kindOf(rule: Rule, answer: Answer): Rule["kind"] {
  return answer.is === "fail" ? (answer.kind ?? rule.kind) : rule.kind;
}

/** A danger that holds nothing back is no cause of anything. */
function explains({ rule: cause, placed }: Failure, rule: Rule): boolean {
  return kindOf(cause, placed.answer) !== "aside" && rule.explainedBy.includes(cause.id);
}

function isBefore(a: Failure, b: Failure): boolean {
  const standing = ({ rule, placed }: Failure) => ({
    kind: kindOf(rule, placed.answer),
    answer: placed.answer,
  });
  return compareFailures(standing(a), standing(b)) < 0;
}

function toFinding(
  rule: Rule,
  placed: Placed,
  ranked: readonly Failure[],
  { manifest }: RunRecord,
): Finding {
  const { answer } = placed;
  const place = ranked.findIndex((failure) => failure.rule === rule);
  const isFail = answer.is === "fail";
  return {
    id: rule.id,
    asks: rule.asks,
    verdict: answer.is,
    ...(kindOf(rule, answer) === "aside" ? { isAside: true } : {}),
    rank: place < 0 ? null : place + 1,
    because: answer.because,
    evidence: answer.evidence.map((item) => withWindow(item, placed)),
    confidence: isFail ? answer.confidence : null,
    advice: isFail ? answer.advice : null,
    refutedBy: isFail ? answer.refutedBy : null,
    ...(isFail ? { experiment: experimentThere(answer.experiment, placed, manifest) } : {}),
    sources: rule.sources,
    causes: isFail ? causesOf(rule, ranked) : [],
    at: placed.at,
    startMs: placed.startMs,
    endMs: placed.endMs,
    ...(answer.is === "unknown" && answer.heldBackBy !== undefined
      ? { heldBackBy: answer.heldBackBy }
      : {}),
  };
}

/** Every figure names its window: a part of that of the finding where the rule says so. */
function withWindow({ within, ...figure }: EvidenceItem, { startMs, endMs }: Placed): Figure {
  return { ...figure, window: within ?? { startMs, endMs } };
}

function causesOf(rule: Rule, ranked: readonly Failure[]): string[] {
  return ranked.flatMap((failure) => (explains(failure, rule) ? [failure.rule.id] : []));
}

function isFailed(placed: Placed): placed is Placed<Failed> {
  return placed.answer.is === "fail";
}
