import { activeSessions } from "../../analysis/aas.ts";
import { cpuUse } from "../../analysis/cpu-use.ts";
import { GENERATOR_BOUND, HOST_FULL_SHARE } from "../../analysis/thresholds.ts";
import type { TrialAnalysis } from "../../analysis/model.ts";
import { formatNumber } from "../../lib/units.ts";
import type { NextExperiment } from "../../record/hypothesis.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { FASTER } from "../predict.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

export const generatorBound = defineRule({
  id: "generator-bound",
  asks: "Did the load generator, and not the server, set the pace?",
  needs: [],
  sources: [
    "https://www.postgresql.org/docs/current/pgbench.html",
    "https://www.usenix.org/conference/nsdi-06/open-versus-closed-cautionary-tale",
  ],
  explainedBy: [],

  judge(evidence) {
    const { trial } = evidence;
    if (trial === null) return unknown("Somebody else loads this server.");
    const use = trial.generatorUse;
    const busy = cpuUse(evidence).hostBusyShare;
    const active = activeSessions(evidence);
    const sessions = active === null ? 0 : active.total + active.idle + active.idleInTransaction;
    const idleShare =
      active === null || sessions === 0
        ? null
        : (active.idle + active.idleInTransaction) / sessions;
    const items: EvidenceItem[] = [
      {
        name: "CPU per thread of the generator",
        value: use,
        unit: "cores",
        from: "trial-ended",
        threshold: GENERATOR_BOUND.threadUseMin,
      },
      {
        name: "sessions that wait for their client",
        value: idleShare,
        unit: "ratio",
        from: "pg-waits/sessions",
        threshold: GENERATOR_BOUND.idleShareMin,
      },
      {
        name: "CPU of the host",
        value: busy,
        unit: "ratio",
        from: "host-cpu",
        threshold: HOST_FULL_SHARE,
      },
    ];
    if (use === null) return unknown("The generator's own CPU is not known.", items);
    const because = `Each thread of the generator used ${formatNumber(use)} of a core`;
    if (use < GENERATOR_BOUND.threadUseMin) return pass(`${because}.`, items);
    if (busy !== null && busy >= HOST_FULL_SHARE) {
      return pass(`${because}, but the machine as a whole was full (${percent(busy)}).`, items);
    }
    if (idleShare === null) return unknown(`${because}; what the server did is not known.`, items);
    if (idleShare < GENERATOR_BOUND.idleShareMin) {
      return unknown(
        `${because}, but only ${percent(idleShare)} of the sessions were idle.`,
        items,
      );
    }
    return fail({
      because: `${because} while ${percent(idleShare)} of the sessions waited for their client.`,
      evidence: items,
      confidence: "confirmed",
      advice:
        "The server was not at its limit: give the generator more threads or processes, or another " +
        "machine, before the figure is quoted.",
      refutedBy: "With twice the generator threads throughput stays as it was.",
      experiment: {
        change: "twice the threads of the generator",
        predicts: FASTER,
        ...moreThreads(trial),
      },
      weight: idleShare,
    });
  },
});

/** Where its threads are an option of the load. */
function moreThreads({ planned, outcome }: TrialAnalysis): Pick<NextExperiment, "workload"> {
  const options = planned.workloadOptions;
  const isOption = typeof options === "object" && options !== null && "threads" in options;
  if (!isOption || outcome === null) return {};
  return { workload: { threads: 2 * outcome.generatorThreads } };
}
