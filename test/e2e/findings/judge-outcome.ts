import { ABOUT_THE_MACHINE, type Situation } from "./situation.ts";
import type { Observed } from "./stage.ts";

/** What a situation showed, as it is kept for the table. */
export interface Outcome {
  readonly id: string;
  readonly title: string;
  readonly cause: string | null;
  readonly postgresql: string;
  /** Failed findings by rank, with their confidence. */
  readonly failed: readonly { readonly id: string; readonly confidence: string }[];
  readonly unknown: readonly string[];
  readonly exit: number;
  /** What is not as it should be; empty where all is. */
  readonly wrong: readonly string[];
  /** As in `Situation`. */
  readonly undecided?: true;
  /** Findings about the machine that failed beside: it was not quiet then. */
  readonly disturbed: boolean;
  /** Which look is shown, where it is not the first: what the first showed was not as it should be. */
  readonly look?: number;
}

/** Holds what was found against what was staged. */
export function judgeOutcome(situation: Situation, observed: Observed): Outcome {
  const { model, status, failed, isRun } = observed;
  const { id, title, cause, also = [], not = [] } = situation;
  const wrong: string[] = [];
  const isMachine = (finding: string) =>
    ABOUT_THE_MACHINE.includes(finding) && finding !== cause && !not.includes(finding);
  const own = failed.filter((finding) => !isMachine(finding));
  const first = failed.find((finding) => finding !== "noisy-neighbour" || finding === cause);
  const disturbed = failed.some((finding) => isMachine(finding));
  if (cause !== null && first !== cause) {
    wrong.push(`${cause} should be first, and ${first ?? "nothing"} is`);
  }
  for (const finding of own) {
    if (finding !== cause && !also.includes(finding)) wrong.push(`${finding} is a false alarm`);
  }
  // What holds a watched server back and is not explained is no success either.
  const isHeldBack = failed.length > 0 || situation.undecided === true;
  if (status !== (isRun || !isHeldBack ? 0 : 1)) wrong.push(`the exit status is ${status}`);
  const ranks = model.findings.filter(({ rank }) => rank === 1).length;
  if (ranks !== (failed.length > 0 ? 1 : 0)) wrong.push(`${ranks} findings have rank 1`);
  const none = model.findings.find((finding) => finding.id === "no-bottleneck")!;
  const wanted = failed.length > 0 || situation.undecided === true ? "unknown" : "pass";
  if (none.verdict !== wanted) wrong.push(`no-bottleneck is ${none.verdict}`);
  for (const { id: finding, because } of model.findings.filter(isOfNothing)) {
    wrong.push(`${finding} tells of 0 %: ${because}`);
  }
  return {
    id,
    title,
    cause,
    postgresql: model.server?.version ?? "not read",
    failed: failed.map((finding) => {
      const { confidence } = model.findings.find((one) => one.id === finding)!;
      return { id: finding, confidence: confidence ?? "none" };
    }),
    unknown: model.findings.flatMap((one) => (one.verdict === "unknown" ? [one.id] : [])),
    exit: status,
    wrong,
    ...(situation.undecided === true ? { undecided: true } : {}),
    disturbed,
  };
}

/** A cause whose own figure is nothing is none. */
function isOfNothing({ verdict, because }: Observed["model"]["findings"][number]): boolean {
  return verdict === "fail" && /(?:^|[^\d.,])0 %/.test(because);
}
