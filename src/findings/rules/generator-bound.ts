import { activeSessions, type ActiveSessions, sessionsAtWork } from "../../analysis/aas.ts";
import { clientPrograms } from "../../analysis/clients.ts";
import { cpuUse } from "../../analysis/cpu-use.ts";
import { tellHost } from "../../analysis/tell-host.ts";
import { GENERATOR_BOUND, HOST_FULL_SHARE } from "../../analysis/thresholds.ts";
import type { Evidence } from "../../analysis/evidence.ts";
import type { TrialAnalysis } from "../../analysis/model.ts";
import { ownThrottledShare } from "../../analysis/throttling.ts";
import { formatNumber } from "../../lib/units.ts";
import type { NextExperiment } from "../../record/hypothesis.ts";
import { OWN_HOST } from "../../record/series-format.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { byHand, FASTER } from "../predict.ts";
import { type Answer, defineRule, type EvidenceItem } from "../rule.ts";

export const generatorBound = defineRule({
  id: "generator-bound",
  asks: "Did the load generator, and not the server, set the pace?",
  needs: [],
  sources: [
    "https://www.postgresql.org/docs/current/pgbench.html",
    "https://www.usenix.org/conference/nsdi-06/open-versus-closed-cautionary-tale",
    "https://docs.kernel.org/scheduler/sched-bwc.html",
  ],
  explainedBy: [],

  judge(evidence) {
    const { trial } = evidence;
    return trial === null ? judgeClients(evidence) : judgeOwn(evidence, trial);
  },
});

/** Somebody else's load: its programs are seen where they run on the server's host. */
function judgeClients(evidence: Evidence): Answer {
  const waiting = waitingForClients(activeSessions(evidence));
  if (waiting === null)
    return unknown("Who waits for whom was not seen: pg-waits has too few samples.");
  const clients = clientPrograms(evidence);
  const limited = clients?.limited ?? null;
  const items: EvidenceItem[] = [
    waitItem(waiting),
    throttledItem(limited?.throttledShare ?? null, "host-programs/clientThrottledPeriods"),
    {
      name: "CPU that this limit allows",
      value: limited?.quotaCores ?? null,
      unit: "cores",
      how: "fact",
      from: "host-programs/clientQuotaCores",
    },
    {
      name: "CPU of the clients on this host",
      value: clients?.cores ?? null,
      unit: "cores",
      how: "mean",
      from: "host-programs/clientCpuMs",
      threshold: GENERATOR_BOUND.clientCoresMax,
    },
  ];
  const idle = `${percent(waiting)} of the sessions wait for their client`;
  if (waiting < GENERATOR_BOUND.idleShareMin) return pass(`Only ${idle}.`, items);
  if (limited !== null && limited.throttledShare >= GENERATOR_BOUND.throttledShareMin) {
    const quota =
      limited.quotaCores === null ? "" : ` of ${formatNumber(limited.quotaCores)} cores`;
    return fail({
      because:
        `The control group of the clients (${limited.program}) was stopped at its CPU limit${quota} in ` +
        `${percent(limited.throttledShare)} of its periods, while ${idle}.`,
      evidence: items,
      confidence: "confirmed",
      advice:
        "The server is not at its limit: raise or remove the CPU limit of the programs that load it, or " +
        "spread them over more machines.",
      refutedBy: "Without that limit throughput stays as it was.",
      experiment: byHand("no CPU limit on the clients", FASTER),
      weight: waiting,
    });
  }
  if (clients === null) {
    return unknown(`${idle}. Why does not show: no client is seen on the server's host.`, items);
  }
  const isResting = clients.cores < GENERATOR_BOUND.clientCoresMax;
  return isResting
    ? pass(`${idle}, and their clients rest: they use ${formatNumber(clients.cores)} cores.`, items)
    : unknown(
        `${idle}, and their clients use ${formatNumber(clients.cores)} cores: whether a thread of theirs ` +
          "is at its limit does not show.",
        items,
      );
}

function judgeOwn(evidence: Evidence, trial: TrialAnalysis): Answer {
  const use = trial.generatorUse;
  // Only a machine that both share can be full of both.
  const busy = evidence.host === OWN_HOST ? cpuUse(evidence).hostBusyShare : null;
  const throttled = ownThrottledShare(evidence);
  const active = activeSessions(evidence);
  const sessions = active === null ? 0 : active.total + active.idle + active.idleInTransaction;
  const idleShare =
    active === null || sessions === 0 ? null : (active.idle + active.idleInTransaction) / sessions;
  const items: EvidenceItem[] = [
    {
      name: "CPU per thread of the generator",
      value: use,
      unit: "cores",
      how: "mean",
      from: "trial-ended",
      threshold: GENERATOR_BOUND.threadUseMin,
    },
    throttledItem(throttled, "observer-cgroup"),
    waitItem(idleShare),
    {
      name: `CPU of ${tellHost(evidence)}`,
      value: busy,
      unit: "ratio",
      how: "mean",
      from: "host-cpu",
      threshold: HOST_FULL_SHARE,
    },
  ];
  const isThrottled = throttled !== null && throttled >= GENERATOR_BOUND.throttledShareMin;
  if (use === null && !isThrottled) {
    return unknown("The generator's own CPU is not known.", items);
  }
  const because = isThrottled
    ? `The generator's control group was stopped at its CPU limit in ${percent(throttled)} of its periods`
    : `Each thread of the generator used ${formatNumber(use ?? 0)} of a core`;
  if (!isThrottled && (use ?? 0) < GENERATOR_BOUND.threadUseMin) return pass(`${because}.`, items);
  if (!isThrottled && busy !== null && busy >= HOST_FULL_SHARE) {
    return pass(`${because}, but the machine as a whole was full (${percent(busy)}).`, items);
  }
  if (idleShare === null) return unknown(`${because}; what the server did is not known.`, items);
  if (idleShare < GENERATOR_BOUND.idleShareMin) {
    return unknown(`${because}, but only ${percent(idleShare)} of the sessions were idle.`, items);
  }
  return fail({
    because: `${because} while ${percent(idleShare)} of the sessions waited for their client.`,
    evidence: items,
    confidence: "confirmed",
    advice: isThrottled
      ? "The server was not at its limit: raise the CPU limit of the generator's container, or give the " +
        "generator another machine, before the figure is quoted."
      : "The server was not at its limit: give the generator more threads or processes, or another " +
        "machine, before the figure is quoted.",
    refutedBy: isThrottled
      ? "Without that limit throughput stays as it was."
      : "With twice the generator threads throughput stays as it was.",
    experiment: isThrottled
      ? byHand("no CPU limit on the generator", FASTER)
      : {
          change: "twice the threads of the generator",
          predicts: FASTER,
          ...moreThreads(trial),
        },
    weight: idleShare,
  });
}

/** Share of the sessions that wait for their client; spare connections, which rest all along, do not. */
function waitingForClients(active: ActiveSessions | null): number | null {
  if (active === null) return null;
  const atWork = sessionsAtWork(active);
  return atWork === 0 ? 0 : 1 - active.total / atWork;
}

function waitItem(value: number | null): EvidenceItem {
  return {
    name: "sessions that wait for their client",
    value,
    unit: "ratio",
    how: "mean",
    from: "pg-waits/sessions",
    threshold: GENERATOR_BOUND.idleShareMin,
  };
}

function throttledItem(value: number | null, from: string): EvidenceItem {
  return {
    name: "periods in which the generator's CPU limit stopped it",
    value,
    unit: "ratio",
    how: "mean",
    from,
    threshold: GENERATOR_BOUND.throttledShareMin,
  };
}

/** Where its threads are an option of the load. */
function moreThreads({ planned, outcome }: TrialAnalysis): Pick<NextExperiment, "workload"> {
  const options = planned.workloadOptions;
  const isOption = typeof options === "object" && options !== null && "threads" in options;
  if (!isOption || outcome === null) return {};
  return { workload: { threads: 2 * outcome.generatorThreads } };
}
