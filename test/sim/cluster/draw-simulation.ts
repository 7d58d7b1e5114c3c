import type { ClusterSynchronous } from "../../../src/contracts/cluster.ts";
import { randomFrom } from "../../../src/lib/random.ts";
import { TROUBLES, type ClusterRun, type ClusterSimulation } from "./simulate-cluster.ts";

/** Commits wait for one of two standbys, and for as long as it takes. */
export const QUORUM: ClusterSynchronous = {
  method: "any",
  number: 1,
  commit: "on",
  dataDurability: "required",
};

/** Messages between the program and its servers as nobody would wish them. */
export const BAD_MESSAGES = { lost: 0.05, doubled: 0.2, lateMsMax: 250 };

/** On CI a thousand in all; a taste of them elsewhere. `npm run sim` asks for others. */
export function seedsOf(onCi: number): readonly number[] {
  const { CI, PGDYNO_SIM_SEED, PGDYNO_SIM_SEEDS } = process.env;
  const first = Number(PGDYNO_SIM_SEED ?? 1);
  const count = Number(PGDYNO_SIM_SEEDS ?? (CI === undefined ? onCi / 10 : onCi));
  return Array.from({ length: count }, (_, i) => first + i);
}

/** One to six troubles, as the seed has them. */
export function drawSimulation(
  seed: number,
  synchronous: ClusterSynchronous | null,
): ClusterSimulation {
  const random = randomFrom(`draw/${seed}`);
  const trouble = Array.from(
    { length: random.integer(1, 6) },
    () => TROUBLES[random.integer(0, TROUBLES.length - 1)]!,
  );
  return { seed: String(seed), instances: 3, synchronous, messages: BAD_MESSAGES, trouble };
}

/** What must never be, as sentences; nothing where all is well. */
export function listFaults(
  { seed, trouble, synchronous, crashAtStep }: ClusterSimulation,
  run: ClusterRun,
): readonly string[] {
  const crash = crashAtStep === undefined ? "" : `, killed at step ${crashAtStep}`;
  const where = `seed ${seed} (${trouble.join(", ")}${crash})`;
  return [
    ...run.twoWriters.map((text) => `${where}: ${text}`),
    ...(synchronous === null || run.lost.length === 0
      ? []
      : [`${where}: ${run.lost.length} of ${run.acknowledged} acknowledged writes are lost`]),
    ...(run.notWhole === null ? [] : [`${where}: at the end ${run.notWhole}`]),
  ];
}
