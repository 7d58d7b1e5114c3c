import type { Instance } from "../contracts/instance.ts";
import type { PartContext } from "../contracts/context.ts";
import type { Fault } from "../contracts/fault.ts";
import type { SeenHost } from "../contracts/host.ts";
import type { Probe } from "../contracts/probe.ts";
import type { Simulation } from "../contracts/simulation.ts";
import type { Target } from "../contracts/target.ts";
import type { Workload } from "../contracts/workload.ts";
import type { Plan } from "../plan/plan.ts";
import type { PlannableStage } from "../plan/stage-planner.ts";
import type { RecordWriter } from "../record/record-writer.ts";
import type { Progress } from "./progress.ts";
import type { MonitorSession } from "../sampling/monitor-session.ts";
import { type RunnableStage } from "./stage-runner.ts";
import type { HeldData, RunState, TakenOver } from "./run-state.ts";
import { type Steer } from "./trials-to-run.ts";

/** What a plan is carried out with. */
export interface ExecuteRequest {
  readonly plan: Plan;
  readonly targetOptions: unknown;
  readonly target: Target;
  readonly workloads: readonly Workload[];
  readonly probes: readonly Probe[];
  readonly faults: readonly Fault[];
  /** Every kind of stage that there is. */
  readonly stages: readonly (RunnableStage & PlannableStage)[];
  readonly writer: RecordWriter;
  readonly context: PartContext;
  readonly progress: Progress;
  /** First Ctrl-C: stop the load, come down, keep what there is. */
  readonly signal: AbortSignal;
  /** What this program runs on. */
  readonly host: SeenHost;
  readonly connect: (instance: Instance) => Promise<MonitorSession>;
  /** Trials that an earlier part of this run finished. */
  readonly finished: ReadonlySet<string>;
  /** What an earlier part of this run left up; absent where the target comes up anew. */
  readonly takenOver?: TakenOver;
  /** Told what another process needs to take over, whenever that changes. */
  readonly keepState?: (state: RunState) => void;
  /** Decides what stages leave open. */
  readonly steer: Steer;
}

/** What a run is carried out with once its target is up. */
export interface RunScene extends ExecuteRequest {
  /** Stands in for workloads, faults and probes where there is no server; `null` on a real target. */
  readonly simulation: Simulation | null;
  /** Told what data is in the target, whenever that changes. */
  readonly keepData: (data: HeldData | null) => void;
}
