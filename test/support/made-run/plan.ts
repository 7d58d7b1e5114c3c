import type { PlannedTrial } from "../../../src/record/planned-trial.ts";

export const CLIENTS = [1, 2, 4, 8, 16, 32] as const;
const REPETITIONS = 3;
export const WARMUP_MS = 2000;
export const WINDOW_MS = 8000;
export const CURVES = [
  { curve: "select-only", title: "select-only", lambda: 4100, alpha: 0.08, beta: 0.0011 },
  { curve: "tpcb-like", title: "TPC-B-like", lambda: 320, alpha: 0.09, beta: 0.0021 },
] as const;

/** All of them, in the order in which they ran. */
export const plannedTrials: readonly PlannedTrial[] = Array.from({ length: REPETITIONS }, (_, r) =>
  CURVES.flatMap(({ curve, title }) =>
    CLIENTS.map((clients) => ({
      id: `ladder-1-${curve}-c${clients}-r${r + 1}`,
      stage: 0,
      stageKind: "ladder",
      curve,
      curveTitle: title,
      point: `${curve}-c${clients}`,
      repetition: r + 1,
      workload: "pgbench",
      workloadOptions: { builtin: curve, scale: 20 },
      mode: "closed" as const,
      clients,
      rateTps: null,
      seed: 1000 + r,
      warmupMs: WARMUP_MS,
      windowMs: WINDOW_MS,
      cooldownMs: 0,
    })),
  ).toSorted(
    (a, b) =>
      noise(a.clients * 31 + r * 7 + a.curve.length) -
      noise(b.clients * 31 + r * 7 + b.curve.length),
  ),
).flat();

export const TRIAL_MS = WARMUP_MS + WINDOW_MS + 1000;
export const DURATION_MS = 4000 + plannedTrials.length * TRIAL_MS;

/** Between -1 and 1, the same for the same seed. */
export function noise(seed: number): number {
  const x = Math.sin(seed * 12.9898) * 43758.5453;
  return 2 * (x - Math.floor(x)) - 1;
}
