import type { Step } from "../contracts/step.ts";
import { DynoError, messageOf } from "../lib/errors.ts";
import { withinMs } from "../lib/within.ts";

export interface StepProgress {
  readonly step: Step;
  readonly phase: "up" | "down";
  readonly moment: "begins" | "ended";
  readonly error?: unknown;
}

export interface StepOptions {
  readonly signal: AbortSignal;
  /** What each `down` may take, whatever happened before it. */
  readonly downBudgetMs: number;
  /** Told before and after each `up` and `down`; `error` is `undefined` where it went well. */
  readonly onStep?: (told: StepProgress) => void;
}

/**
 * Runs every `up` in order, then `body`, then the `down` of every started step in reverse.
 *
 * Each `down` has a budget of its own: neither a spent deadline nor Ctrl-C nor a hanging neighbour
 * cuts it short, since what it leaves behind costs money and spoils the next run.
 *
 * @throws what `up` or `body` threw; `DynoError` `DOWN_FAILED`; an `AggregateError` of both.
 */
export async function withSteps<T>(
  steps: readonly Step[],
  body: () => Promise<T>,
  options: StepOptions,
): Promise<T> {
  const started: Step[] = [];
  const errors: unknown[] = [];
  let result: T | undefined;
  try {
    for (const step of steps) {
      options.signal.throwIfAborted();
      started.unshift(step); // Before `up`: a half-done step needs its `down` most of all.
      await bringUp(step, options);
    }
    result = await body();
  } catch (error) {
    errors.push(error);
  }
  const left = await takeDown(started, options);
  if (left !== undefined) errors.push(left);
  if (errors.length === 0) return result as T;
  throw errors.length === 1
    ? errors[0]
    : new AggregateError(errors, "The run failed, and so did its teardown.");
}

async function bringUp(step: Step, { signal, onStep }: StepOptions): Promise<void> {
  onStep?.({ step, phase: "up", moment: "begins" });
  try {
    await step.up(signal);
  } catch (error) {
    onStep?.({ step, phase: "up", moment: "ended", error });
    throw error;
  }
  onStep?.({ step, phase: "up", moment: "ended" });
}

async function takeDown(
  started: readonly Step[],
  { downBudgetMs, onStep }: StepOptions,
): Promise<DynoError | undefined> {
  const failed: { readonly title: string; readonly error: unknown }[] = [];
  for (const step of started) {
    let failure: unknown;
    onStep?.({ step, phase: "down", moment: "begins" });
    try {
      await withinMs(downBudgetMs, (signal) => step.down(signal));
    } catch (error) {
      failure = error;
      failed.push({ title: step.title, error });
    }
    onStep?.({ step, phase: "down", moment: "ended", error: failure });
  }
  if (failed.length === 0) return undefined;
  const titles = failed.map(({ title, error }) => `${title} (${messageOf(error)})`).join(", ");
  return new DynoError(
    "DOWN_FAILED",
    { count: failed.length, total: started.length, titles },
    { cause: new AggregateError(failed.map(({ error }) => error)) },
  );
}
