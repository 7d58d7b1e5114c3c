import type { AppliedFault, FaultContext } from "./fault.ts";
import type { Probe, ProbeSession } from "./probe.ts";
import type { LoadContext, PrepareContext, WorkloadOutcome } from "./workload.ts";

/** A target that is only computed: it answers for the load and for the probes itself. */
export interface Simulation {
  prepare(context: PrepareContext<unknown>): Promise<void>;
  load(context: LoadContext<unknown>): Promise<WorkloadOutcome>;
  /** Stands in for every fault; absent where there is no simulated cluster. */
  fault?(context: FaultContext<unknown>): Promise<AppliedFault>;
  /** `null` where it has nothing to say under that probe. */
  probe(probe: Probe): ProbeSession | null;
}
