import type { LatencyQuantiles, TrialAnalysis, TrialSecond } from "../../../src/analysis/model.ts";
import type { PlannedTrial } from "../../../src/record/planned-trial.ts";
import { CURVES, noise, plannedTrials, TRIAL_MS, WARMUP_MS, WINDOW_MS } from "./plan.ts";

/** Throughput by the law of the curve. */
export function expectedTps(curve: string, n: number): number {
  const { lambda, alpha, beta } = CURVES.find((one) => one.curve === curve)!;
  return (lambda * n) / (1 + alpha * (n - 1) + beta * n * (n - 1));
}

export function quantilesOf(
  curve: string,
  clients: number,
  tps: number,
  seed: number,
): LatencyQuantiles {
  const meanMs = (clients / tps) * 1000;
  const tail = curve === "tpcb-like" ? 3.4 : 2.2;
  return {
    count: Math.round((tps * WINDOW_MS) / 1000),
    meanMs,
    p50Ms: meanMs * 0.86,
    p95Ms: meanMs * (1.7 + 0.1 * noise(seed)),
    p99Ms: meanMs * (tail + 0.2 * noise(seed + 1)),
    p999Ms: tps > 500 ? meanMs * tail * 2.3 : null,
    maxMs: meanMs * tail * 5,
  };
}

function trialOf(planned: PlannedTrial, index: number): TrialAnalysis {
  const startMs = 4000 + index * TRIAL_MS + WARMUP_MS;
  const { curve, clients, repetition } = planned;
  const tps = expectedTps(curve, clients) * (1 + 0.02 * noise(index + 5));
  const invalid = curve === "select-only" && clients === 32 && repetition === 2;
  const degraded = curve === "tpcb-like" && clients === 32;
  const seconds = Array.from({ length: (WARMUP_MS + WINDOW_MS) / 1000 }, (_, s): TrialSecond => {
    const atMs = startMs - WARMUP_MS + (s + 1) * 1000;
    const warm = s === 0 ? 0.6 : 1;
    const now = tps * warm * (1 + 0.05 * noise(index * 100 + s));
    const { p50Ms, p95Ms, p99Ms, maxMs } = quantilesOf(curve, clients, now, index * 50 + s);
    return { atMs, tps: now, failed: 0, skipped: 0, p50Ms, p95Ms, p99Ms, maxMs, inWindow: s >= 2 };
  });
  return {
    planned,
    unit: "transactions",
    outcome: {
      transactions: Math.round((tps * (WINDOW_MS + WARMUP_MS)) / 1000),
      failed: 0,
      skipped: 0,
      retried: 0,
      unknown: 0,
      generatorCpuMs: 1500,
      generatorThreads: 2,
      eventLoopDelayMsP99: null,
      statements: [],
      databaseBytesBefore: 325_000_000,
      databaseBytesAfter: 327_000_000,
      warnings: [],
    },
    window: { startMs, endMs: startMs + WINDOW_MS },
    throughputTps: tps,
    latency: quantilesOf(curve, clients, tps, index),
    service: null,
    lag: null,
    failed: 0,
    skipped: 0,
    retried: 0,
    unknown: 0,
    zeroSeconds: 0,
    throughputTpsMin: Math.min(...seconds.filter((s) => s.inWindow).map((s) => s.tps)),
    seconds,
    steady: degraded
      ? { is: "drifting-down", because: "Throughput fell by 6 % over the window." }
      : { is: "steady", because: "No trend and no period in the window." },
    littlesLawError: 0.01,
    validity: invalid
      ? {
          is: "invalid",
          reasons: [
            {
              grade: "invalid",
              gate: "generator-ceiling",
              because: "The generator was at 97 % of its own ceiling.",
            },
          ],
        }
      : degraded
        ? {
            is: "degraded",
            reasons: [
              {
                grade: "degraded",
                gate: "steady-state",
                because: "Throughput fell by 6 % over the window.",
              },
            ],
          }
        : { is: "valid", reasons: [] },
    generatorUse: invalid ? 0.97 : 0.3 + 0.01 * clients,
    statements: [],
    ledger: null,
  };
}

export function trialsOf(): TrialAnalysis[] {
  return plannedTrials.map(trialOf);
}
