import type { Instance } from "../contracts/instance.ts";
import type { TargetHandle } from "../contracts/target-handle.ts";
import type { PartContext } from "../contracts/context.ts";
import type { Fault } from "../contracts/fault.ts";
import type { SeenHost } from "../contracts/host.ts";
import type { Probe } from "../contracts/probe.ts";
import type { Simulation } from "../contracts/simulation.ts";
import type { Target } from "../contracts/target.ts";
import type { Workload } from "../contracts/workload.ts";
import { messageOf } from "../lib/errors.ts";
import type { Plan } from "../plan/plan.ts";
import type { PlannableStage } from "../plan/stage-planner.ts";
import type { RunStatus } from "../record/format.ts";
import type { RecordWriter } from "../record/record-writer.ts";
import { calibratedRates } from "./calibrated-rates.ts";
import { clusterToRecord } from "./cluster-to-record.ts";
import { faultsOf } from "./faults-of.ts";
import { dataKeeper } from "./keep-data.ts";
import type { Progress } from "./progress.ts";
import { preparedKeeper } from "./prepared-keeper.ts";
import { loadsOf, rehearser } from "./rehearse-loads.ts";
import { replicationKeeper } from "./replication-keeper.ts";
import { openSampler } from "./open-sampler.ts";
import type { MonitorSession } from "../sampling/monitor-session.ts";
import {
  refuseImpossible,
  runnerOf,
  runStageTrial,
  type RunnableStage,
  type StageScene,
} from "./stage-runner.ts";
import { describeHosts } from "../sampling/describe-hosts.ts";
import type { HeldData, RunState, TakenOver } from "./run-state.ts";
import { withSteps } from "./steps.ts";
import { serverKeeper } from "./server-keeper.ts";
import { trialsToRun, type Steer } from "./trials-to-run.ts";
import { watchServerLog } from "../sampling/watch-server-log.ts";
import { workloadOf } from "./workload-of.ts";

/** What each thing that the run set up may take to go away. */
const DOWN_BUDGET_MS = 60_000;

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

/**
 * Carries a plan out: brings the target up, loads the data, runs the trials in order with the probes
 * reading, and takes everything down again. What was measured is in the record whatever happens.
 *
 * @throws what went wrong, after the way down and after the record says so.
 */
export async function executePlan(request: ExecuteRequest): Promise<void> {
  const { writer, context, progress, signal, finished } = request;
  const { clock } = context;
  writer.event({ kind: "run-started", atMs: clock.now(), resumed: finished.size > 0 });
  writer.update({ status: "running", statusBecause: null });
  if (request.takenOver !== undefined) {
    const text = "What an earlier part of this run left up is taken over.";
    writer.event({ kind: "note", atMs: clock.now(), text });
  }
  const use = { isLoaded: putsLoadOn(request.plan), writes: request.plan.writes };
  const target =
    request.takenOver?.target ?? request.target.open(request.targetOptions, context, use);
  const keepData = (data: HeldData | null) => {
    const state = target.state?.();
    if (state !== undefined) request.keepState?.({ target: state, data });
  };
  const scene = (): RunScene => ({
    ...request,
    simulation: target.simulation?.() ?? null,
    keepData,
  });
  let sinceMs = clock.now();
  try {
    await withSteps(target.steps, () => runTrials(scene(), target.handle()), {
      signal,
      downBudgetMs: DOWN_BUDGET_MS,
      onStep: ({ step: { title }, phase, moment, error }) => {
        if (moment === "begins") {
          sinceMs = clock.now();
          progress.step(title, phase);
          return;
        }
        writer.event({
          kind: "step",
          atMs: clock.now(),
          title,
          phase,
          tookMs: clock.now() - sinceMs,
          error: error === undefined ? null : messageOf(error),
        });
      },
    });
    end(request, "finished", null);
  } catch (error) {
    const reason: unknown = signal.aborted ? signal.reason : error;
    if (!signal.aborted) {
      writer.event({ kind: "error", atMs: clock.now(), text: messageOf(error) });
    }
    end(request, signal.aborted ? "aborted" : "failed", messageOf(reason));
    throw error;
  }
}

function end({ writer, context }: ExecuteRequest, status: RunStatus, because: string | null): void {
  writer.event({ kind: "run-ended", atMs: context.clock.now(), status });
  writer.update({ status, statusBecause: because });
  writer.sync();
}

function putsLoadOn({ adaptive, trials }: Plan): boolean {
  return adaptive.length > 0 || trials.some((trial) => trial.observes !== true);
}

async function runTrials(request: RunScene, handle: TargetHandle): Promise<void> {
  const { plan, writer, context, progress, signal, finished } = request;
  request.keepData(request.takenOver?.data ?? null);
  const faults = faultsOf(request);
  await refuseImpossible(plan.trials, request.stages, {
    handle,
    target: request.target.id,
    faults,
    isSimulated: request.simulation !== null,
  });
  const facts = await handle.facts(signal);
  const hosts = await describeHosts(request.host, handle.instances);
  writer.update({ ...facts, ...(hosts === null ? {} : { hosts }) });
  const sampler = openSampler(request, handle.instances, request.simulation?.probe ?? null);
  const stopLogs = handle.instances.map((instance) =>
    watchServerLog(instance, context.clock, (event) => writer.event(event)),
  );
  const stopCluster =
    handle.cluster === undefined
      ? () => undefined
      : clusterToRecord(handle.cluster, (event) => writer.event(event));
  const control = await openControl(request, handle);
  const replication = replicationKeeper({
    target: handle,
    context,
    signal,
    write: (event) => writer.event(event),
  });
  const unfinished = plan.trials.filter(({ id }) => !finished.has(id));
  const loads = loadsOf(plan, request.stages, unfinished);
  const prepared = preparedKeeper(request, handle, loads);
  const rates = calibratedRates();
  const watched: Progress = {
    ...progress,
    interval: (trial, interval) => {
      rates.observe(trial, interval);
      progress.interval(trial, interval);
    },
  };
  try {
    const note = (text: string) => writer.event({ kind: "note", atMs: context.clock.now(), text });
    const server = serverKeeper({ handle, sampler, control, signal, note });
    const data = dataKeeper({ request, handle, sampler, control, server });
    const tried = rehearser({ request, handle, server, loads });
    const trials = trialsToRun({
      ...request,
      note,
      isNeeded: (trial) => rates.isNeeded(trial, unfinished),
    });
    await server.prepare(unfinished);
    for await (const { trial: planned, number, total, leftMs } of trials) {
      signal.throwIfAborted();
      const trial = rates.settle(planned);
      await server.ready(trial);
      await prepared.ready();
      await data.ready(trial);
      await tried.ready(trial);
      await prepared.clean();
      await replication.ready(trial);
      // Loading data once is no trial's pace: the time left would be told too long.
      progress.trial(trial, number, total, leftMs);
      const scene: StageScene = {
        ...request,
        progress: watched,
        target: handle,
        control: control.current(),
        faults,
        workloadOf: (one) => workloadOf(request, one),
      };
      const runner = runnerOf(request.stages, trial);
      await runStageTrial(trial, runner, scene);
      await prepared.clean();
      if (runner.endsSessions === true && control.current() === null) await control.reopen();
    }
  } finally {
    try {
      try {
        await prepared.close();
      } finally {
        await replication.close();
      }
    } finally {
      stopCluster();
      await control.close();
      await Promise.all(stopLogs.map((stop) => stop()));
      await sampler.stop();
      writer.sync();
    }
  }
}

/** The engine's own session on the primary, for what is asked between trials. */
export interface Control {
  /** `null` where there is no server to ask, or it went away. */
  current(): MonitorSession | null;
  reopen(): Promise<void>;
  close(): Promise<void>;
}

async function openControl(
  { connect, simulation, plan }: RunScene,
  { instances }: TargetHandle,
): Promise<Control> {
  let connection: MonitorSession | null = null;
  const control: Control = {
    current: () => (connection?.isOpen() === true ? connection : null),
    async reopen() {
      const [primary] = instances;
      // Whoever only watches asks nothing between trials, and takes no slot for it.
      if (simulation !== null || primary === undefined || !putsLoadOn(plan)) return;
      connection = await connect(primary);
    },
    async close() {
      await connection?.close();
      connection = null;
    },
  };
  await control.reopen();
  return control;
}
