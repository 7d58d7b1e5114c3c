import { IDLE_DEVICE_READERS_SHARE_MAX, READS_FROM_DEVICE } from "../../analysis/thresholds.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { readingOf } from "../judge-reads.ts";
import { byHand, fasterBy } from "../predict.ts";
import { defineRule } from "../rule.ts";

export const readsFromDevice = defineRule({
  id: "reads-from-device",
  asks: "Do sessions wait for blocks that are read from the device?",
  needs: ["pg-waits", "pg-database"],
  sources: [
    "https://www.postgresql.org/docs/current/runtime-config-statistics.html#GUC-TRACK-IO-TIMING",
    "https://www.postgresql.org/docs/current/monitoring-stats.html#WAIT-EVENT-IO-TABLE",
  ],
  explainedBy: ["storage-level-dropped", "bloat"],
  kind: "limit",

  judge(evidence) {
    const { shareMin, waitingMin, deviceUsMin, fromDeviceShareMin } = READS_FROM_DEVICE;
    const found = readingOf(evidence, {
      verb: "waits for",
      shareMin,
      waitingMin,
      us: deviceUsMin,
      fromDeviceShare: fromDeviceShareMin,
      idleShareMax: IDLE_DEVICE_READERS_SHARE_MAX,
    });
    if ("answer" in found) return found.answer;
    const { reads, fromDevice, each, items } = found;
    if (reads.meanUs < deviceUsMin) return pass(`${each}: too quick for a device.`, items);
    if (fromDevice !== null && fromDevice < fromDeviceShareMin) {
      return unknown(`${each}, but the device read only ${percent(fromDevice)} of them.`, items);
    }
    return fail({
      because: `${each}.`,
      evidence: items,
      confidence: reads.isTimed || fromDevice !== null ? "confirmed" : "suspected",
      advice:
        "Give the working set room: more memory and `shared_buffers`, or read less (indexes, " +
        "smaller rows, vacuum); otherwise storage with quicker reads. Compare with the device's own " +
        "random reads of 8 kB.",
      refutedBy: "With data that fits into memory throughput stays as it was.",
      experiment: byHand("data that fits into memory", fasterBy(reads.share)),
      weight: reads.share,
    });
  },
});
