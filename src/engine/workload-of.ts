import type { Simulation } from "../contracts/simulation.ts";
import type { Workload } from "../contracts/workload.ts";

/** The workload that a trial or a dataset names. A simulated target answers for every one itself. */
export function workloadOf(
  {
    workloads,
    simulation,
  }: { readonly workloads: readonly Workload[]; readonly simulation: Simulation | null },
  { workload: id }: { readonly workload: string },
): Workload {
  const workload = workloads.find((candidate) => candidate.id === id);
  if (workload === undefined) throw new Error(`There is no workload \`${id}\`.`);
  if (simulation === null) return workload;
  const { rehearse: _, setUp: __, ...others } = workload;
  return { ...others, ...simulated(simulation) };
}

/** It leaves nothing behind that could be looked at. */
function simulated({ prepare, load }: Simulation): Pick<Workload, "prepare" | "run" | "verify"> {
  return { prepare, run: load, verify: () => Promise.resolve() };
}
