import { cpuUse } from "../../analysis/cpu-use.ts";
import { cpuPressure } from "../../analysis/host.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

/** Above these the figures are the neighbour's as much as the database's. */
const STEAL_SHARE_MAX = 0.05;
/** Where nothing was to be measured, only what takes much of the machine is worth an alarm. */
const OBSERVED_STEAL_SHARE_MAX = 0.1;
const OBSERVED_STRANGERS_SHARE_MAX = 0.3;
const EXTERNAL_SHARE_MAX = 0.2;
/** The database's processes waited for a CPU: so many at a time, and this share of their time. */
const WAITED_CORES_MIN = 0.1;
const WAITED_SHARE_MIN = 0.4;
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
        name: "of which surely no client of the server",
        value: use.strangersShare,
        unit: "ratio",
        from: "host-programs",
        threshold: EXTERNAL_SHARE_MAX,
      },
      {
        name: "processes of the database that waited for a CPU",
        value: use.postgresWaitCores,
        unit: "count",
        from: "postgres-processes/cpuWaitMs",
        threshold: WAITED_CORES_MIN,
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
    const isStolen = steal > (isObserved ? OBSERVED_STEAL_SHARE_MAX : STEAL_SHARE_MAX);
    const externalMax = isObserved ? OBSERVED_STRANGERS_SHARE_MAX : EXTERNAL_SHARE_MAX;
    const unseen = use.externalShare ?? 0;
    if (!isStolen && isObserved && external <= externalMax && unseen > externalMax) {
      return unknown(
        `${because} The load's own programs used more, perhaps others with them.`,
        items,
      );
    }
    if (!isStolen && external <= externalMax) return pass(because, items);
    const waited = use.postgresWaitCores ?? 0;
    const isFelt = isObserved
      ? waited >= WAITED_CORES_MIN &&
        waited >= WAITED_SHARE_MIN * (waited + (use.postgresCores ?? 0))
      : (use.hostBusyShare ?? 0) >= HOST_BUSY_MIN || (pressure ?? 0) >= PRESSURE_MIN;
    if ((!isStolen || isObserved) && !isFelt) {
      return unknown(`${because} The host had CPU to spare, so it may not have mattered.`, items);
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
      weight: Math.min(isObserved ? 0.4 : 1, steal + external + 0.3),
    });
  },
});
