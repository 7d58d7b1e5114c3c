import { coverageOf } from "../analysis/coverage.ts";
import type { Analysis } from "../analysis/model.ts";
import type { RunRecord } from "../record/run-record.ts";
import { tellUnwatched } from "./not-read.ts";
import { judgedLoads } from "./windows.ts";

/** Why nothing can be said of the server: no window of the record holds enough of what was to be read. `null` where one does. */
export function whyUnwatched(record: RunRecord, analysis: Analysis): string | null {
  const windows = judgedLoads(record, analysis).flatMap(({ windows: of }) => of);
  if (windows.length === 0) return "Nothing of it was read.";
  const told = windows.map((evidence) => tellUnwatched(coverageOf(evidence)));
  return told.every((one) => one !== null) ? (told[0] ?? null) : null;
}
