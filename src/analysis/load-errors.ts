import type { TrialError } from "../record/events.ts";
import type { TrialAnalysis } from "./model.ts";

/** The error that most transactions of a trial met; `null` where there was none, or where it is not known. */
export function commonestError({ outcome }: Pick<TrialAnalysis, "outcome">): TrialError | null {
  const errors = outcome?.errors ?? [];
  return errors.reduce<TrialError | null>(
    (most, one) => (most === null || one.count > most.count ? one : most),
    null,
  );
}
