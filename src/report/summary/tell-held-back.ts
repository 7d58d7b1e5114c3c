import type { Finding } from "../../findings/rule.ts";
import type { ChapterSection } from "../chapter.ts";
import { tellLoadError } from "../list-load-errors.ts";
import type { ReportModel } from "../model.ts";
import type { Summary } from "./model.ts";
import { type NearestLimit, nearestLimitSeen, tellNearest } from "./nearest-limit.ts";

type Parts = Pick<ReportModel, "headlines" | "findings" | "loadErrors">;

/**
 * What held the first figure back: the cause of the first load, what a stage says of itself, or the first
 * finding; and where nothing did, what is nearest to its limit.
 */
export function tellHeldBack(
  { headlines, findings, loadErrors }: Parts,
  sections: readonly ChapterSection[],
): Summary["heldBack"] {
  const [head] = headlines;
  if (head !== undefined) return { because: head.heldBack, finding: head.heldBackFinding };
  const [told] = sections.flatMap(({ heldBack }) => heldBack ?? []);
  if (told !== undefined) return { because: told, finding: null };
  const root = findings.find(({ rank, isAside }) => rank !== null && isAside !== true);
  if (root !== undefined) return { because: root.because, finding: root.id };
  const [error] = loadErrors;
  if (error !== undefined)
    return { because: `The load failed. ${tellLoadError(error)}`, finding: null };
  const full = findings.find(({ heldBackBy }) => heldBackBy !== undefined);
  if (full !== undefined) return { because: full.because, finding: full.id };
  return { because: nothingHeldBack(findings), finding: null };
}

/** The finding that something could not be looked at. */
const HIDDEN = "privilege-missing";

/** Where no rule fails: that nothing did, and what is nearest to its limit, as far as that was seen. */
export function nothingHeldBack(
  findings: readonly Finding[],
  nearest: NearestLimit | null = nearestLimitSeen(findings),
): string {
  const hidden = findings.find(({ id, verdict }) => id === HIDDEN && verdict === "fail");
  const unseen = hidden === undefined ? "" : ` ${hidden.because}`;
  if (nearest !== null) return `Nothing was found that did. ${tellNearest(nearest)}${unseen}`;
  if (findings.length === 0) return "Not looked into: no question was asked of this run.";
  if (hidden !== undefined) return `No cause was found in what could be seen.${unseen}`;
  const open = findings.filter(({ verdict }) => verdict === "unknown").length;
  return open === 0
    ? "No cause was found among those that were asked about."
    : `No cause was found; ${open} of ${findings.length} questions could not be decided.`;
}
