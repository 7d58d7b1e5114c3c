import type { Simulation } from "../contracts/simulation.ts";
import type { Fault } from "../contracts/fault.ts";

/** The faults as they are applied here. A simulated target answers for every one itself. */
export function faultsOf({
  faults,
  simulation,
}: {
  readonly faults: readonly Fault[];
  readonly simulation: Simulation | null;
}): readonly Fault[] {
  const apply = simulation?.fault;
  if (apply === undefined) return faults;
  return faults.map(({ disturbsClients, ...fault }) => {
    const because =
      disturbsClients === true ? "The simulated clients have no network to disturb." : null;
    return { ...fault, apply, whyNot: () => Promise.resolve(because) };
  });
}
