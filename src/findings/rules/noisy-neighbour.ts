import { type CpuUse, cpuUse } from "../../analysis/cpu-use.ts";
import { cpuPressure } from "../../analysis/host.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { byHand } from "../predict.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";
import { tellHost } from "../../analysis/tell-host.ts";
import { CPU_THROTTLED, NEIGHBOUR } from "../../analysis/thresholds.ts";
import { throttledShare } from "../../analysis/throttling.ts";

/**
 * Speaks of the measurement: what a neighbour does to a trial is in its validity, too. Where nothing
 * was measured the server is well, and only a neighbour who plainly keeps it from its CPU is a finding:
 * time that the hypervisor took costs an observed load nobody knows how much.
 */
export const noisyNeighbour = defineRule({
  id: "noisy-neighbour",
  asks: "Did something that is neither database nor load take the CPU?",
  needs: ["host-cpu"],
  sources: [
    "https://man7.org/linux/man-pages/man5/proc_stat.5.html",
    "https://docs.kernel.org/accounting/psi.html",
  ],
  explainedBy: [],

  judge(evidence) {
    const use = cpuUse(evidence);
    if (use.stealShare === null && use.externalShare === null) {
      return unknown("The CPU of the server's host was not read.");
    }
    const pressure = cpuPressure(evidence);
    const items: EvidenceItem[] = [
      {
        name: "CPU taken by the hypervisor",
        value: use.stealShare,
        unit: "ratio",
        how: "mean",
        from: "host-cpu",
        threshold: NEIGHBOUR.stealShareMax,
      },
      {
        name: `CPU used by others on ${tellHost(evidence)}`,
        value: use.externalShare,
        unit: "ratio",
        how: "mean",
        from: "host-cpu, postgres-processes, observer",
        threshold: NEIGHBOUR.externalShareMax,
      },
      {
        name: "of which surely no client of the server",
        value: use.strangersShare,
        unit: "ratio",
        how: "mean",
        from: "host-programs",
        threshold: NEIGHBOUR.externalShareMax,
      },
      {
        name: "processes of the database that waited for a CPU",
        value: use.postgresWaitCores,
        unit: "count",
        how: "mean",
        from: "postgres-processes/cpuWaitMs",
        threshold: NEIGHBOUR.waitedCoresMin,
      },
      {
        name: "their time in waiting for it",
        value: use.postgresWaitShare,
        unit: "ratio",
        how: "mean",
        from: "postgres-processes/cpuWaitMs, cpuMs",
        threshold: NEIGHBOUR.waitedShareMin,
      },
      {
        name: `CPU of ${tellHost(evidence)}`,
        value: use.hostBusyShare,
        unit: "ratio",
        how: "mean",
        from: "host-cpu",
        threshold: NEIGHBOUR.hostBusyMin,
      },
      {
        name: "time in which a task waited for a CPU",
        value: pressure,
        unit: "ratio",
        how: "mean",
        from: "host-pressure",
        threshold: NEIGHBOUR.pressureMin,
      },
    ];
    const isObserved = evidence.trial === null;
    const steal = use.stealShare ?? 0;
    const isStolen = steal > NEIGHBOUR.stealShareMax;
    // What is left of the CPU once all known users are taken off is nobody's: only programs that were
    // seen to use it are neighbours. Without a load of ours the clients of whoever loads the server may
    // run here as well, so that only what has no connection to it is a stranger.
    const { strangersShare } = use;
    const others = isObserved ? strangersShare : sumOf(strangersShare, use.clientsShare);
    const isCrowded = others !== null && others > NEIGHBOUR.externalShareMax;
    const because = tellUsers(use, steal, others, isObserved ? "its clients" : "the load");
    if (!isStolen && !isCrowded) {
      const unseen = (use.externalShare ?? 0) - (strangersShare ?? 0) - (use.clientsShare ?? 0);
      if (unseen <= NEIGHBOUR.externalShareMax) return pass(because, items);
      return unknown(
        `${because} ${percent(unseen)} more went to nobody who was seen: to the kernel, or to programs that ` +
          "ended too soon.",
        items,
      );
    }
    if (isObserved && isStolen && !isCrowded) {
      return unknown(`${because} What that cost a load that is not ours cannot be told.`, items);
    }
    const waitedShare = use.postgresWaitShare ?? 0;
    const busy = use.hostBusyShare ?? 0;
    // Whoever is stopped at a quota of its own waits for no neighbour.
    const isThrottled = evidence.instances.some(
      (on) => (throttledShare(evidence, on) ?? 0) > CPU_THROTTLED.throttledShareMin,
    );
    const isFelt = isObserved
      ? !isThrottled &&
        busy + steal >= NEIGHBOUR.observedHostBusyMin &&
        (use.postgresWaitCores ?? 0) >= NEIGHBOUR.waitedCoresMin &&
        waitedShare >= NEIGHBOUR.waitedShareMin
      : busy >= NEIGHBOUR.hostBusyMin || (pressure ?? 0) >= NEIGHBOUR.pressureMin;
    if ((!isStolen || isObserved) && !isFelt) {
      const why = isObserved
        ? "Whether that keeps the database from its CPU does not show."
        : `${sentence(tellHost(evidence))} had CPU to spare, so it may not have mattered.`;
      return unknown(`${because} ${why}`, items);
    }
    const waits = isObserved
      ? ` The database's processes spent ${percent(waitedShare)} of their time waiting for a CPU.`
      : "";
    return fail({
      because: `${because}${waits}`,
      evidence: items,
      // Who used the CPU is one signal; that somebody waited for it is another.
      confidence: isFelt ? "confirmed" : "suspected",
      advice:
        "This speaks of the measurement, not of PostgreSQL: stop the neighbour or move to a quiet " +
        "machine with dedicated cores, then measure again.",
      refutedBy: "On a quiet machine of the same kind the figures are the same.",
      experiment: byHand("a quiet machine"),
      // Where nothing was to be measured it is one cause among others: it took what it took.
      weight: isObserved ? steal + (others ?? 0) : steal + (others ?? 0) + 0.3,
    });
  },
});

function tellUsers(use: CpuUse, steal: number, others: number | null, load: string): string {
  const who = use.busiestStranger === null ? "" : `, most of it ${use.busiestStranger}`;
  const told = [
    ...(steal >= NEIGHBOUR.toldShareMin
      ? [`the hypervisor took ${percent(steal)} of the CPU`]
      : []),
    ...(others !== null && others >= NEIGHBOUR.toldShareMin
      ? [
          `programs that are neither the database nor ${load} used ${percent(others)} of the CPU${who}`,
        ]
      : []),
  ];
  if (told.length === 0) return "Next to no CPU went to others.";
  const text = told.join(", and ");
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

/** A name stays as it is. */
function sentence(host: string): string {
  return host.startsWith("the ") ? `T${host.slice(1)}` : host;
}

function sumOf(a: number | null, b: number | null): number | null {
  return a === null && b === null ? null : (a ?? 0) + (b ?? 0);
}
