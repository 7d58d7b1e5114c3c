import { cpuUse } from "../../analysis/cpu-use.ts";
import { throttledShare } from "../../analysis/throttling.ts";
import { tellHost } from "../../analysis/tell-host.ts";
import { CPU_THROTTLED, HOST_FULL_SHARE } from "../../analysis/thresholds.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { byHand, fasterBy } from "../predict.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

export const cpuThrottled = defineRule({
  id: "cpu-throttled",
  asks: "Does a CPU quota stop the database while the host has CPU to spare?",
  needs: ["cgroup"],
  sources: [
    "https://docs.kernel.org/scheduler/sched-bwc.html",
    "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
  ],
  explainedBy: [],

  judge(evidence) {
    const share = throttledShare(evidence);
    if (share === null) return unknown("The cgroup of the database was not read.");
    const busy = cpuUse(evidence).hostBusyShare;
    const items: EvidenceItem[] = [
      {
        name: "periods in which the quota ran out",
        value: share,
        unit: "ratio",
        how: "mean",
        from: "cgroup",
        threshold: CPU_THROTTLED.throttledShareMin,
      },
      {
        name: `CPU of ${tellHost(evidence)}`,
        value: busy,
        unit: "ratio",
        how: "mean",
        from: "host-cpu",
        threshold: HOST_FULL_SHARE,
      },
    ];
    const because = `The CPU quota ran out in ${percent(share)} of its periods`;
    if (share <= CPU_THROTTLED.throttledShareMin) return pass(`${because}.`, items);
    const hasSpare = busy !== null && busy < HOST_FULL_SHARE;
    return fail({
      because: hasSpare
        ? `${because} while ${tellHost(evidence)} was ${percent(busy)} busy.`
        : `${because}.`,
      evidence: items,
      confidence: hasSpare ? "confirmed" : "suspected",
      advice:
        "Raise or remove the CPU limit of the database's container and keep the request; on " +
        "Kubernetes whole cores with the static CPU manager.",
      refutedBy: "Without the limit throughput stays as it was.",
      weight: Math.max(0.5, share),
      experiment: byHand("no CPU limit on the server's processes", fasterBy(share)),
    });
  },
});
