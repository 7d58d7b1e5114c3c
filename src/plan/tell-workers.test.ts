import { expect, test } from "vitest";
import { trialOf } from "../../test/support/trial.ts";
import { loadSchema } from "../spec/load.ts";
import type { PlanTrial } from "./plan.ts";
import { tellWorkers } from "./tell-workers.ts";

const trialWith = (clients: number): PlanTrial => ({
  ...trialOf().planned,
  clients,
  dataset: null,
  between: "keep",
});
const told = (load: object, levels: readonly number[]) =>
  tellWorkers(loadSchema.parse(load), levels.map(trialWith), { isSimulated: false });

test("each load level says once how its clients are divided", () => {
  expect(told({ workers: 3 }, [8, 1, 9, 8])).toEqual([
    "3 workers on this machine",
    "1 client as 1 + 0 + 0",
    "8 clients as 3 + 3 + 2",
    "9 clients as 3 × 3",
  ]);
  expect(told({ workers: 1, join: 20, listen: "10.0.0.5:7000" }, [50])).toEqual([
    "1 worker on this machine, and 20 workers started elsewhere, waited for at 10.0.0.5:7000",
    "50 clients as 8 × 3 + 13 × 2",
  ]);
});

test("nothing is said without workers, and a simulation says that it has none", () => {
  expect(tellWorkers(null, [trialWith(8)], { isSimulated: false })).toEqual([]);
  const load = loadSchema.parse({ workers: 2 });
  expect(tellWorkers(load, [trialWith(8)], { isSimulated: true })).toEqual([
    "The simulation carries its load by itself: `load` has no effect.",
  ]);
});
