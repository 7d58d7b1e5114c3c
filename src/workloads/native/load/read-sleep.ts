import type { Slot } from "../script/compile-expression.ts";
import type { Step } from "../script/compile-script.ts";
import { EvaluationError, formatValue } from "../../../lib/pgbench-script/value.ts";

/** How long a `\sleep` takes now, in ms. @throws {EvaluationError} */
export function readSleepMs(step: Step & { readonly is: "sleep" }, slots: readonly Slot[]): number {
  if (step.amount !== null) return step.amount * step.unitMs;
  const content = slots[step.slot];
  if (content === undefined) throw new EvaluationError("\\sleep: undefined variable");
  const text = typeof content === "string" ? content : formatValue(content);
  const whole = /^\s*([-+]?\d+)/.exec(text)?.[1];
  if (whole === undefined) throw new EvaluationError(`\\sleep: invalid sleep time "${text}"`);
  return Number(whole) * step.unitMs;
}
