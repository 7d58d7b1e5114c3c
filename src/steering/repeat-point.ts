import { randomFrom } from "../lib/random.ts";
import type { PlanTrial } from "../plan/plan.ts";
import type { SteerScene } from "./stage-steerer.ts";

/** The next repetition of this point, with an id and a seed of its own. */
export function repeatPoint(point: PlanTrial, { record, done }: SteerScene): PlanTrial {
  const repetition = 1 + done.filter(({ planned }) => planned.point === point.point).length;
  const role = point.role === "confirm" || point.role === "margin" ? `-${point.role}` : "";
  const id = `${point.point}${role}-r${repetition}`;
  const random = randomFrom(`${record.manifest.plan.seed}/trial/${id}`);
  return { ...point, id, repetition, seed: random.integer(1, 2 ** 31 - 1) };
}
