import { activeSessions, shareIn } from "../../analysis/aas.ts";
import { cpuUse } from "../../analysis/cpu-use.ts";
import { cpuPressure, runQueuePerCore } from "../../analysis/host.ts";
import { tellHost } from "../../analysis/tell-host.ts";
import { CPU_SATURATED } from "../../analysis/thresholds.ts";
import { formatNumber } from "../../lib/units.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { byHand, fasterBy } from "../predict.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

/**
 * The host decides. Sampled sessions alone miss a full CPU: with short statements a session that
 * waits for the CPU before it reads its next message does not count as active yet.
 */
export const cpuSaturated = defineRule({
  id: "cpu-saturated",
  asks: "Is the CPU full of the database's own work?",
  needs: ["host-cpu"],
  sources: [
    "https://docs.kernel.org/accounting/psi.html",
    "https://www.postgresql.org/docs/current/monitoring-stats.html#WAIT-EVENT-TABLE",
  ],
  // Blocks that are copied from the page cache, rows that are sorted in parts and dead rows that are
  // passed by cost CPU.
  explainedBy: [
    "connection-churn",
    "noisy-neighbour",
    "cpu-throttled",
    "reads-from-os-cache",
    "catalog-bloat",
    "spills-to-disk",
  ],
  kind: "limit",

  judge(evidence) {
    const use = cpuUse(evidence);
    const busy = use.hostBusyShare;
    if (busy === null || use.cores === null) {
      return unknown("The CPU of the server's host was not read.");
    }
    const active = activeSessions(evidence);
    const cpuShare = active === null || active.total === 0 ? null : shareIn(active, "CPU*");
    const pressure = cpuPressure(evidence);
    const runQueue = runQueuePerCore(evidence);
    const serverShare = use.postgresCores === null ? null : use.postgresCores / use.cores;
    const items: EvidenceItem[] = [
      {
        name: `CPU of ${tellHost(evidence)}`,
        value: busy,
        unit: "ratio",
        how: "mean",
        from: "host-cpu",
        threshold: CPU_SATURATED.busyShareMin,
      },
      {
        name: "of which the database",
        value: serverShare,
        unit: "ratio",
        how: "mean",
        from: "postgres-processes",
        threshold: CPU_SATURATED.serverShareMin,
      },
      {
        name: "active time on a CPU or waiting for one",
        value: cpuShare,
        unit: "ratio",
        how: "mean",
        from: "pg-waits/sessions",
        threshold: CPU_SATURATED.cpuShareMin,
      },
      {
        name: "time in which a task waited for a CPU",
        value: pressure,
        unit: "ratio",
        how: "mean",
        from: "host-pressure",
        threshold: CPU_SATURATED.pressureMin,
      },
      {
        name: "tasks that run or want to, per core",
        value: runQueue,
        unit: "count",
        how: "mean",
        from: "host-cpu",
        threshold: CPU_SATURATED.runQueuePerCoreMin,
      },
    ];
    const cores = `${formatNumber(use.cores)} cores`;
    const whose = evidence.hasManyHosts
      ? `The ${cores} of ${tellHost(evidence)}`
      : `The host's ${cores}`;
    const full = `${whose} were ${percent(busy)} busy`;
    if (busy < CPU_SATURATED.busyShareMin) return pass(`${full}.`, items);
    // Whose clients run here is not known where somebody else loads: only strangers count then.
    const external =
      evidence.trial === null ? (use.strangersShare ?? use.externalShare) : use.externalShare;
    if (external !== null && external > CPU_SATURATED.externalShareMax) {
      const others = `${percent(external)} of it was neither database nor load`;
      return unknown(`${full}, but ${others}.`, items);
    }
    if (serverShare !== null && serverShare < CPU_SATURATED.serverShareMin) {
      return unknown(`${full}, but the database used only ${percent(serverShare)}.`, items);
    }
    const lockShare = active === null || active.total < 1 ? 0 : shareIn(active, "Lock:");
    if (lockShare >= CPU_SATURATED.lockShareMax) {
      return unknown(
        `${full}, but ${percent(lockShare)} of the active time waits for locks: passing them on ` +
          "takes CPU, too.",
        items,
      );
    }
    if (cpuShare !== null && cpuShare < CPU_SATURATED.cpuShareNone && active!.total >= 1) {
      return unknown(`${full}, but next to none of the active time went to the CPU.`, items);
    }
    const isWaitedFor =
      (cpuShare ?? 0) >= CPU_SATURATED.cpuShareMin ||
      (pressure ?? 0) >= CPU_SATURATED.pressureMin ||
      (runQueue ?? 0) >= CPU_SATURATED.runQueuePerCoreMin;
    const generator = use.generatorCores === null ? 0 : use.generatorCores / use.cores;
    const shared =
      generator > CPU_SATURATED.generatorToldMin
        ? `, ${percent(generator)} of it by the load generator`
        : "";
    return fail({
      because:
        cpuShare === null
          ? `${full}${shared}.`
          : `${full}${shared}; ${percent(cpuShare)} of the active time went to the CPU.`,
      evidence: items,
      confidence: isWaitedFor ? "confirmed" : "suspected",
      advice:
        generator > CPU_SATURATED.generatorMuch
          ? "Put the load generator on another machine to see what the server alone can do; then more " +
            "or faster cores, or less work per transaction: look at the top statements."
          : "More or faster cores, or less work per transaction: look at the top statements, use " +
            "prepared statements, and keep clients near the knee.",
      refutedBy: "With more cores, or a quiet generator elsewhere, throughput stays as it was.",
      // Waits that a full CPU prolongs would otherwise take its share: it explains half at least.
      experiment: byHand("twice the cores", fasterBy((cpuShare ?? 1) / 2)),
      weight: Math.max(0.5, cpuShare ?? 0) * busy,
    });
  },
});
