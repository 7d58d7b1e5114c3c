import { cpuUse } from "../../analysis/cpu-use.ts";
import { cpuPressure } from "../../analysis/host.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

/** Above these the figures are the neighbour's as much as the database's. */
const STEAL_SHARE_MAX = 0.05;
const EXTERNAL_SHARE_MAX = 0.2;
/** A neighbour who takes what nobody wants disturbs nobody. */
const HOST_BUSY_MIN = 0.8;
const PRESSURE_MIN = 0.1;

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
        threshold: STEAL_SHARE_MAX,
      },
      {
        name: "CPU used by others on the host",
        value: use.externalShare,
        unit: "ratio",
        from: "host-cpu, postgres-processes, observer",
        threshold: EXTERNAL_SHARE_MAX,
      },
      {
        name: "CPU of the host",
        value: use.hostBusyShare,
        unit: "ratio",
        from: "host-cpu",
        threshold: HOST_BUSY_MIN,
      },
      {
        name: "time in which a task waited for a CPU",
        value: pressure,
        unit: "ratio",
        from: "host-pressure",
        threshold: PRESSURE_MIN,
      },
    ];
    const steal = use.stealShare ?? 0;
    const external = use.externalShare ?? 0;
    const because =
      `The hypervisor took ${percent(steal)} of the CPU` +
      (use.externalShare === null ? "." : `, other programs on the host ${percent(external)}.`);
    const isStolen = steal > STEAL_SHARE_MAX;
    // Without a load of ours the clients of whoever loads the server run here, perhaps, as well.
    if (!isStolen && evidence.trial === null && external > EXTERNAL_SHARE_MAX) {
      return unknown(`${because} The load's own programs may be among them.`, items);
    }
    if (!isStolen && external <= EXTERNAL_SHARE_MAX) return pass(because, items);
    const isFelt = (use.hostBusyShare ?? 0) >= HOST_BUSY_MIN || (pressure ?? 0) >= PRESSURE_MIN;
    if (!isStolen && !isFelt) {
      return unknown(`${because} The host had CPU to spare, so it may not have mattered.`, items);
    }
    return fail({
      because,
      evidence: items,
      confidence: isFelt ? "confirmed" : "suspected",
      advice:
        "This speaks of the measurement, not of PostgreSQL: stop the neighbour or move to a quiet " +
        "machine with dedicated cores, then measure again.",
      refutedBy: "On a quiet machine of the same kind the figures are the same.",
      weight: Math.min(1, steal + external + 0.3),
    });
  },
});
