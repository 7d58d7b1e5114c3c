import { openControl, putsLoadOn } from "./control.ts";
import type { ExecuteRequest, RunScene } from "./run-scene.ts";
import type { TargetHandle } from "../contracts/target-handle.ts";
import { messageOf } from "../lib/errors.ts";
import type { RunStatus } from "../record/format.ts";
import { calibratedRates } from "./calibrated-rates.ts";
import { clusterToRecord } from "./cluster-to-record.ts";
import { faultsOf } from "./faults-of.ts";
import { dataKeeper } from "./keep-data.ts";
import type { Progress } from "./progress.ts";
import { preparedKeeper } from "./prepared-keeper.ts";
import { loadsOf, rehearser } from "./rehearse-loads.ts";
import { replicationKeeper } from "./replication-keeper.ts";
import { openSampler } from "./open-sampler.ts";
import { refuseImpossible, runnerOf, runStageTrial, type StageScene } from "./stage-runner.ts";
import { describeHosts } from "../sampling/describe-hosts.ts";
import type { HeldData } from "./run-state.ts";
import { withSteps } from "./steps.ts";
import { serverKeeper } from "./server-keeper.ts";
import { trialsToRun } from "./trials-to-run.ts";
import { watchServerLog } from "../sampling/watch-server-log.ts";
import { workloadOf } from "./workload-of.ts";

/** What each thing that the run set up may take to go away. */
const DOWN_BUDGET_MS = 60_000;

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
