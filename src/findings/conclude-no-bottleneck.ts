import { isSeenOnce } from "./ask-rule.ts";
import { unknown } from "./answers.ts";
import type { Answer } from "./rule.ts";

/** The rule that speaks where no other fails. */
export const NO_BOTTLENECK = "no-bottleneck";

/** Rules that could explain why a resource is full, by what its name begins with. */
const EXPLAINERS: Readonly<Record<string, readonly string[]>> = {
  "CPU of ": [
    "cpu-saturated",
    "noisy-neighbour",
    "cpu-throttled",
    "connection-churn",
    "reads-from-os-cache",
    "spills-to-disk",
    "catalog-bloat",
  ],
  "the WAL's syncs": ["wal-device-limited", "commit-latency", "storage-level-dropped"],
  "the generator's threads": ["generator-bound"],
};

interface Asked {
  readonly id: string;
  readonly answer: Answer;
}

/** What `no-bottleneck` says once all others have answered: it passes only where none failed and none nearly did. */
export function concludeNoBottleneck(
  own: Answer,
  firstFailed: string | null,
  asked: readonly Asked[],
): Answer {
  if (firstFailed !== null) return unknown(`Something was found: ${firstFailed}.`);
  if (own.is === "unknown" && own.heldBackBy !== undefined) {
    const open = asked.filter(
      ({ id, answer }) => answer.is === "unknown" && isExplainer(id, own.heldBackBy!),
    );
    const [first] = open;
    if (first === undefined) return own;
    const others = open.slice(1).map(({ id }) => id);
    const more = others.length === 0 ? "" : ` Undecided, too: ${others.join(", ")}.`;
    return { ...own, because: `${own.because} ${first.id}: ${first.answer.because}${more}` };
  }
  const nearly = asked.find(({ answer }) => answer.is === "unknown" && isSeenOnce(answer));
  return own.is === "pass" && nearly !== undefined
    ? unknown(`${nearly.id}: ${nearly.answer.because}`, own.evidence)
    : own;
}

function isExplainer(id: string, resources: string): boolean {
  return resources
    .split(", ")
    .some((name) =>
      Object.entries(EXPLAINERS).some(([start, ids]) => name.startsWith(start) && ids.includes(id)),
    );
}
