import { cpuUse } from "../../analysis/cpu-use.ts";
import { cpuPressure } from "../../analysis/host.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { byHand } from "../predict.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";
import { NEIGHBOUR } from "../../analysis/thresholds.ts";

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
        from: "host-cpu",
        threshold: NEIGHBOUR.stealShareMax,
      },
      {
        name: "CPU used by others on the host",
        value: use.externalShare,
        unit: "ratio",
        from: "host-cpu, postgres-processes, observer",
        threshold: NEIGHBOUR.externalShareMax,
      },
      {
        name: "of which surely no client of the server",
        value: use.strangersShare,
        unit: "ratio",
        from: "host-programs",
        threshold: NEIGHBOUR.externalShareMax,
      },
      {
        name: "processes of the database that waited for a CPU",
        value: use.postgresWaitCores,
        unit: "count",
        from: "postgres-processes/cpuWaitMs",
        threshold: NEIGHBOUR.waitedCoresMin,
      },
      {
        name: "CPU of the host",
        value: use.hostBusyShare,
        unit: "ratio",
        from: "host-cpu",
        threshold: NEIGHBOUR.hostBusyMin,
      },
      {
        name: "time in which a task waited for a CPU",
        value: pressure,
        unit: "ratio",
        from: "host-pressure",
        threshold: NEIGHBOUR.pressureMin,
      },
    ];
    const isObserved = evidence.trial === null;
    const steal = use.stealShare ?? 0;
    // Without a load of ours the clients of whoever loads the server may run here as well: only what
    // has no connection to it is a stranger.
    const external = (isObserved ? use.strangersShare : use.externalShare) ?? 0;
    const who = use.busiestStranger === null ? "" : `, most by ${use.busiestStranger}`;
    const because =
      `The hypervisor took ${percent(steal)} of the CPU` +
      (use.externalShare === null && use.strangersShare === null
        ? "."
        : `, other programs on the host ${percent(external)}${external > 0 ? who : ""}.`);
    const isStolen = steal > NEIGHBOUR.stealShareMax;
    const externalMax = isObserved
      ? NEIGHBOUR.observedStrangersShareMax
      : NEIGHBOUR.externalShareMax;
    if (isObserved && external <= externalMax) {
      const unaccounted = (use.externalShare ?? 0) - (use.clientsShare ?? 0);
      const isMuch = unaccounted > NEIGHBOUR.externalShareMax;
      if (isStolen) {
        return unknown(`${because} What that cost a load that is not ours cannot be told.`, items);
      }
      return isMuch
        ? unknown(`${because} The load's own programs used more, perhaps others with them.`, items)
        : pass(because, items);
    }
    if (!isStolen && external <= externalMax) return pass(because, items);
    const waited = use.postgresWaitCores ?? 0;
    const busy = use.hostBusyShare ?? 0;
    const isFelt = isObserved
      ? (use.busiestStrangerShare ?? 0) >= NEIGHBOUR.observedBusiestShareMin &&
        busy + steal >= NEIGHBOUR.observedHostBusyMin &&
        waited >= NEIGHBOUR.waitedCoresMin &&
        waited >= NEIGHBOUR.waitedShareMin * (waited + (use.postgresCores ?? 0))
      : busy >= NEIGHBOUR.hostBusyMin || (pressure ?? 0) >= NEIGHBOUR.pressureMin;
    if ((!isStolen || isObserved) && !isFelt) {
      const why = isObserved
        ? "Whether one of them keeps the database from its CPU does not show."
        : "The host had CPU to spare, so it may not have mattered.";
      return unknown(`${because} ${why}`, items);
    }
    return fail({
      because,
      evidence: items,
      // What the server would have done without it is not known where nothing was measured.
      confidence: isFelt && !isObserved ? "confirmed" : "suspected",
      advice:
        "This speaks of the measurement, not of PostgreSQL: stop the neighbour or move to a quiet " +
        "machine with dedicated cores, then measure again.",
      refutedBy: "On a quiet machine of the same kind the figures are the same.",
      // Where nothing was to be measured it is one cause among others, and none of the server's own.
      experiment: byHand("a quiet machine"),
      weight: Math.min(isObserved ? 0.4 : 1, steal + external + 0.3),
    });
  },
});
