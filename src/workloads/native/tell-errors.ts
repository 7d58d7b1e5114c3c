import type { ErrorSeen, TrialError } from "../../contracts/workload.ts";
import type { LoadError, LoadScript, LoadSummary } from "./run-load.ts";

/** Other codes are words of the driver's own. */
export const SQLSTATE = /^[0-9A-Z]{5}$/;

/** An error of the load as a record has it: with its script's name. */
export function describeError(error: LoadError, scripts: readonly LoadScript[]): ErrorSeen {
  const { code, message, hint, script, line, statement } = error;
  return {
    sqlState: SQLSTATE.test(code) ? code : null,
    message,
    hint,
    script: script === null ? null : (scripts[script]?.name ?? null),
    line,
    statement,
  };
}

/** Every kind of error that a load met. `startedMs`: its start on the run's clock. */
export function describeErrors(
  { errors }: Pick<LoadSummary, "errors">,
  scripts: readonly LoadScript[],
  startedMs: number,
): TrialError[] {
  return errors.map((error) => ({
    ...describeError(error, scripts),
    count: error.count,
    firstMs: Math.round(startedMs + error.firstMs),
    lastMs: Math.round(startedMs + error.lastMs),
  }));
}

/** Calls `tell` once for each kind, although every thread tells its own first. */
export function tellOnce(
  scripts: readonly LoadScript[],
  tell: (error: ErrorSeen) => void,
): (error: LoadError) => void {
  const told = new Set<string>();
  return (error) => {
    const key = `${error.code} ${error.script} ${error.statement}`;
    if (told.has(key)) return;
    told.add(key);
    tell(describeError(error, scripts));
  };
}
