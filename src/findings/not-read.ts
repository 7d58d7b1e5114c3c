import { coverageOf, isRead, isUnwatched, type Coverage } from "../analysis/coverage.ts";
import type { Evidence } from "../analysis/evidence.ts";
import { formatNumber } from "../lib/units.ts";
import { OWN_HOST } from "../record/series-format.ts";
import { unknown } from "./answers.ts";
import type { Answer, Rule } from "./rule.ts";

/**
 * The answer of a rule, unless it passes without having seen what it needs: what was not read can rule
 * nothing out. A failure stands, since what was read showed it.
 */
export function withoutUnread(rule: Rule, answer: Answer, evidence: Evidence): Answer {
  if (answer.is !== "pass") return answer;
  const unwatched = tellUnwatched(coverageOf(evidence));
  if (unwatched !== null) return unknown(`This could not be read. ${unwatched}`);
  const missed = rule.needs.map((probe) => tellMissed(probe, evidence)).find(Boolean);
  return missed === undefined || missed === null ? answer : unknown(missed, answer.evidence);
}

/** That a server could not be watched, and why; `null` where it could. */
export function tellUnwatched(coverage: Coverage | null): string | null {
  if (coverage === null || !isUnwatched(coverage)) return null;
  const { asked, answered, probes, read, because } = coverage;
  const why = because === null ? "" : ` The reason given most often: ${trimEnd(because)}.`;
  return asked === 0
    ? `The server answered none of the ${formatNumber(probes)} questions that it was to be asked.`
    : `Of ${formatNumber(asked)} readings of the server ${formatNumber(answered)} were answered, and only ` +
        `${formatNumber(read)} of ${formatNumber(probes)} probes ${read === 1 ? "has" : "have"} enough of them.${why}`;
}

/** The first server's readings of a probe, where too few were answered; one that was not opened is the rule's matter. */
function tellMissed(probe: string, evidence: Evidence): string | null {
  const [first = ""] = evidence.instances;
  const readings = [first, evidence.host, OWN_HOST]
    .flatMap((on) => evidence.readings(on).get(probe) ?? [])
    .find(({ asked }) => asked > 0);
  if (readings === undefined || isRead(readings)) return null;
  const { asked, answered, due, because } = readings;
  const wanted = Math.max(asked, due);
  return (
    `${probe} could not be read: ${formatNumber(answered)} of ${formatNumber(wanted)} readings were answered` +
    (because === null ? "." : ` (${trimEnd(because)}).`)
  );
}

function trimEnd(sentence: string): string {
  return sentence.replace(/\.$/, "");
}
