import { IDLE_READERS_SHARE_MAX, READS_FROM_OS_CACHE } from "../../analysis/thresholds.ts";
import { formatBytes } from "../../lib/units.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { readingOf } from "../judge-reads.ts";
import { byHand, fasterBy } from "../predict.ts";
import { defineRule } from "../rule.ts";

export const readsFromOsCache = defineRule({
  id: "reads-from-os-cache",
  asks: "Do sessions spend their time copying blocks from the operating system's cache?",
  needs: ["pg-waits", "pg-database"],
  sources: [
    "https://www.postgresql.org/docs/current/runtime-config-resource.html#GUC-SHARED-BUFFERS",
    "https://www.postgresql.org/docs/current/runtime-config-statistics.html#GUC-TRACK-IO-TIMING",
  ],
  explainedBy: [],

  judge(evidence) {
    const { shareMin, waitingMin, cacheUsMax, fromDeviceShareMax } = READS_FROM_OS_CACHE;
    const found = readingOf(evidence, {
      verb: "fetches",
      shareMin,
      waitingMin,
      us: cacheUsMax,
      fromDeviceShare: fromDeviceShareMax,
      idleShareMax: IDLE_READERS_SHARE_MAX,
    });
    if ("answer" in found) return found.answer;
    const { reads, fromDevice, each, items } = found;
    if (reads.meanUs > cacheUsMax) {
      return fromDevice !== null && fromDevice <= fromDeviceShareMax
        ? unknown(`${each}: slow for a cache, but the device was idle.`, items)
        : pass(`${each}: too slow for a cache.`, items);
    }
    if (fromDevice !== null && fromDevice > fromDeviceShareMax) {
      return unknown(`${each}, but the device read ${percent(fromDevice)} of them.`, items);
    }
    const buffers = evidence.settingBytes("shared_buffers");
    return fail({
      because: `${each}: the operating system's cache serves them.`,
      evidence: items,
      confidence: fromDevice !== null ? "confirmed" : "suspected",
      advice:
        `Raise \`shared_buffers\`${buffers === null ? "" : ` (now ${formatBytes(buffers)})`} towards ` +
        "a quarter of the memory, or to the size of the working set; faster disks would not help.",
      refutedBy: "With `shared_buffers` larger than the data throughput stays as it was.",
      experiment: byHand("`shared_buffers` larger than the data", fasterBy(reads.share)),
      weight: reads.share * 0.8,
    });
  },
});
