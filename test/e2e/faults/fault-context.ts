import type { TargetHandle } from "../../../src/contracts/target-handle.ts";
import type { Fault, FaultContext } from "../../../src/contracts/fault.ts";
import type { PartContext } from "../../../src/contracts/context.ts";

/** What the engine would hand a fault. */
export function faultContext<Options>(
  fault: Fault<Options>,
  { context, target, on }: { context: PartContext; target: TargetHandle; on: string },
  given: { readonly options?: unknown; readonly timeLimitMs?: number } = {},
): FaultContext<Options> {
  return {
    ...context,
    target,
    on,
    options: fault.options.parse(given.options ?? {}),
    timeLimitMs: given.timeLimitMs ?? 60_000,
    signal: AbortSignal.timeout(60_000),
  };
}
