import type { RunRecord } from "../record/run-record.ts";
import type { Analysis, StageResults } from "./model.ts";

/** What is there when a kind of stage is analysed: the results of other kinds are, where they come before it. */
export type Analysed = Pick<Analysis, "trials" | "curves"> & Partial<StageResults>;

/** How the results of each kind of stage are found, by their name, in the order in which it is done. */
export type StageAnalyses = {
  readonly [Name in keyof StageResults]: (
    record: RunRecord,
    before: Analysed,
  ) => StageResults[Name];
};
