import type { WorkloadOutcome } from "../../src/contracts/workload.ts";

/** How a load ended in which nothing happened, but for what is `changed`. */
export function outcomeOf(changed: Partial<WorkloadOutcome> = {}): WorkloadOutcome {
  return {
    transactions: 0,
    failed: 0,
    skipped: 0,
    retried: 0,
    unknown: 0,
    generatorCpuMs: null,
    generatorThreads: 1,
    eventLoopDelayMsP99: null,
    statements: [],
    warnings: [],
    ...changed,
  };
}
