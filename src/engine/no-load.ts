import type { WorkloadOutcome } from "../contracts/workload.ts";

/** What a trial without a load of ours counted. */
export const NO_LOAD: WorkloadOutcome = {
  transactions: 0,
  failed: 0,
  skipped: 0,
  retried: 0,
  unknown: 0,
  generatorCpuMs: null,
  generatorThreads: 0,
  eventLoopDelayMsP99: null,
  statements: [],
  warnings: [],
};
