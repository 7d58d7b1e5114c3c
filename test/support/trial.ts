import type { TrialAnalysis } from "../../src/analysis/model.ts";
import { NO_LATENCY } from "../../src/analysis/no-latency.ts";

/** The analysis of a quiet closed trial of ten seconds with eight clients, with what a test changes. */
export function trialOf(changed: Partial<TrialAnalysis> = {}): TrialAnalysis {
  return {
    unit: "transactions",
    planned: {
      id: "t",
      stage: 0,
      stageKind: "ladder",
      curve: "tpcb-like",
      curveTitle: "tpcb-like",
      point: "tpcb-like-c8",
      repetition: 1,
      workload: "pgbench",
      workloadOptions: {},
      mode: "closed",
      clients: 8,
      rateTps: null,
      seed: 1,
      warmupMs: 0,
      windowMs: 10_000,
      cooldownMs: 0,
    },
    outcome: null,
    window: { startMs: 0, endMs: 10_000 },
    throughputTps: 1000,
    latency: NO_LATENCY,
    service: null,
    lag: null,
    failed: 0,
    skipped: 0,
    retried: 0,
    unknown: 0,
    zeroSeconds: 0,
    throughputTpsMin: 900,
    seconds: [],
    steady: { is: "steady", because: "" },
    littlesLawError: 0,
    validity: { is: "valid", reasons: [] },
    generatorUse: 0.2,
    statements: [],
    ledger: null,
    ...changed,
  };
}
